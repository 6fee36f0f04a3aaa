"use client";

import { useEffect, useRef, useState } from "react";
import { ApiError } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { useLogin } from "../session/queries";
import { useSetupStatus } from "../setup/queries";
import { AuthFrame } from "./auth-frame";

/** Only a place of our own: an address from outside must not decide where a login leads. */
export function safeNext(search: string): string {
  const next = new URLSearchParams(search).get("next") ?? "/";
  return /^\/(?![/\\])/.test(next) ? next : "/";
}

export function LoginPage() {
  const t = useT();
  const errorText = useErrorText();
  const login = useLogin();
  const status = useSetupStatus().data;
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const passwordField = useRef<HTMLInputElement>(null);
  useTitle(t.login.title);
  useEffect(() => {
    if (status?.ownerNeeded) window.location.replace("/setup");
  }, [status]);

  const failed = login.error;
  const message =
    failed instanceof ApiError && failed.status === 401
      ? t.login.wrong
      : failed instanceof ApiError && failed.status === 429
        ? t.login.locked
        : failed && errorText(failed);

  return (
    <AuthFrame title={t.login.hello} hint={t.login.motto} foot={t.login.forgot}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!email.trim() || !password) return;
          // A full load, so that nothing of an earlier session stays in memory.
          login.mutate(
            { email: email.trim(), password },
            { onSuccess: () => window.location.assign(safeNext(window.location.search)) },
          );
        }}
        className="flex flex-col gap-4"
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
            ref={passwordField}
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
        <Button
          type="submit"
          variant="primary"
          size="lg"
          busy={login.isPending || login.isSuccess}
          className="mt-1 max-md:h-12"
        >
          {t.login.submit}
        </Button>
      </form>
      {status?.demoLogins && status.demoLogins.length > 0 && (
        <div className="mt-6 border-t pt-4">
          <p className="mb-2 text-xs text-muted-foreground">
            {t.login.demo} · {t.login.demoHint}
          </p>
          <div className="flex flex-wrap gap-1.5">
            {status.demoLogins.map((demo) => (
              <Button
                key={demo}
                size="sm"
                onClick={() => {
                  setEmail(demo);
                  passwordField.current?.focus();
                }}
              >
                {demo}
              </Button>
            ))}
          </div>
        </div>
      )}
      {status?.ownerNeeded && (
        <p className="mt-4">
          <Link href="/setup" className="text-brand-fg hover:underline">
            {t.login.firstRun}
          </Link>
        </p>
      )}
    </AuthFrame>
  );
}
