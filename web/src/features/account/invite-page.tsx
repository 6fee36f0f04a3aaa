"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { http } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { useT } from "@/lib/i18n";
import { AuthFrame } from "./auth-frame";

const SHORTEST = 8;

/** The token stands behind the # of the link (or in its query): the part after # never reaches a server's log. */
function tokenOf(location: Location): string {
  return (
    new URLSearchParams(location.hash.slice(1)).get("token") ??
    new URLSearchParams(location.search).get("token") ??
    ""
  );
}

export function InvitePage({ reset = false }: { reset?: boolean }) {
  const t = useT();
  const errorText = useErrorText();
  const [token, setToken] = useState<string | null>(null);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  useTitle(t.invite.title);
  useEffect(() => setToken(tokenOf(window.location)), []);
  const accept = useMutation({
    mutationFn: () =>
      reset
        ? http.post("/api/auth/reset", { token: token ?? "", password })
        : http.post("/api/invitations/accept", { token: token ?? "", password, name: name.trim() }),
    onSuccess: () => window.location.assign(reset ? "/login" : "/"),
  });
  const short = password.length < SHORTEST;
  if (token === "") {
    return <AuthFrame title={t.invite.title} hint={t.invite.noToken} />;
  }
  return (
    <AuthFrame title={t.invite.title} hint={t.invite.hint}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!short) accept.mutate();
        }}
        className="flex flex-col gap-4"
      >
        {!reset && (
          <Field label={t.invite.name}>
            <Input autoComplete="name" value={name} onChange={(event) => setName(event.target.value)} />
          </Field>
        )}
        <Field
          label={t.invite.password}
          hint={t.invite.passwordHint}
          error={tried && short ? t.invite.needPassword : undefined}
        >
          <Input
            type="password"
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
        {accept.isError && (
          <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-destructive">
            {errorText(accept.error)}
          </p>
        )}
        <Button type="submit" variant="primary" size="lg" busy={accept.isPending || accept.isSuccess}>
          {t.invite.submit}
        </Button>
      </form>
    </AuthFrame>
  );
}
