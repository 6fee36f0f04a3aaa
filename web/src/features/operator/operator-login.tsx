"use client";

import { useState } from "react";
import { ApiError } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { AuthFrame } from "../account/auth-frame";
import { useOperatorDoor } from "./queries";
import { useWords } from "./words";

export function OperatorLogin() {
  const t = useT();
  const w = useWords();
  const errorText = useErrorText();
  const { enter } = useOperatorDoor();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const failed = enter.error;
  const message =
    failed instanceof ApiError && failed.status === 401 ? t.login.wrong : failed && errorText(failed);
  return (
    <AuthFrame title={w.hello} hint={w.hint} foot={w.foot}>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (email.trim() && password) enter.mutate({ email: email.trim(), password });
        }}
      >
        <Field label={t.login.email} error={tried && !email.trim() ? t.login.needEmail : undefined}>
          <Input
            type="email"
            autoComplete="username"
            autoFocus
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </Field>
        <Field label={t.login.password} error={tried && !password ? t.login.needPassword : undefined}>
          <Input
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
        {message && (
          <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-destructive">
            {message}
          </p>
        )}
        <Button type="submit" variant="primary" size="lg" busy={enter.isPending} className="mt-1 max-md:h-12">
          {t.login.submit}
        </Button>
      </form>
    </AuthFrame>
  );
}
