"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { http } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { Skeleton, useErrorText } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { useT } from "@/lib/i18n";
import { AuthFrame } from "./auth-frame";

const SHORTEST = 8;

/** The token stands behind the # of the link: that part of an address never reaches a server or its log. */
function useLinkToken(): string | null {
  const [token, setToken] = useState<string | null>(null);
  useEffect(() => setToken(window.location.hash.slice(1)), []);
  return token;
}

function Waiting({ title }: { title: string }) {
  return (
    <AuthFrame title={title}>
      <Skeleton className="h-24 w-full" />
    </AuthFrame>
  );
}

export function InvitePage() {
  const t = useT();
  const errorText = useErrorText();
  const token = useLinkToken();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  useTitle(t.invite.title);
  const look = useQuery({
    queryKey: ["invitation"],
    queryFn: ({ signal }) => http.post("/api/invitations/look", { token: token ?? "" }, { signal }),
    enabled: Boolean(token),
    retry: false,
    gcTime: 0,
  });
  const known = look.data?.hasAccount ?? false;
  const short = !known && password.length < SHORTEST;
  const accept = useMutation({
    mutationFn: () =>
      http.post("/api/invitations/accept", { token: token ?? "", password, name: name.trim() }),
    onSuccess: () => window.location.assign("/"),
  });
  if (token === "") return <AuthFrame title={t.invite.title} hint={t.invite.noToken} />;
  if (look.isError) return <AuthFrame title={t.invite.title} hint={errorText(look.error)} />;
  if (!look.data) return <Waiting title={t.invite.title} />;
  return (
    <AuthFrame
      title={t.invite.to(look.data.tenantName)}
      hint={`${look.data.email} · ${t.shell.role[look.data.role]}`}
      foot={known ? t.invite.knownHint : t.invite.newHint}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!short && password) accept.mutate();
        }}
        className="flex flex-col gap-4"
      >
        {!known && (
          <Field label={t.invite.name}>
            <Input
              autoComplete="name"
              autoFocus
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
        )}
        <Field
          label={t.invite.password}
          hint={known ? undefined : t.invite.passwordHint}
          error={tried && short ? t.invite.needPassword : undefined}
        >
          <Input
            type="password"
            autoComplete={known ? "current-password" : "new-password"}
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

export function ResetPage() {
  const t = useT();
  const errorText = useErrorText();
  const token = useLinkToken();
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  useTitle(t.invite.resetTitle);
  const short = password.length < SHORTEST;
  const reset = useMutation({
    mutationFn: () => http.post("/api/auth/reset", { token: token ?? "", password }),
    onSuccess: () => window.location.assign("/login"),
  });
  if (token === "") return <AuthFrame title={t.invite.resetTitle} hint={t.invite.noToken} />;
  return (
    <AuthFrame title={t.invite.resetTitle}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!short) reset.mutate();
        }}
        className="flex flex-col gap-4"
      >
        <Field
          label={t.invite.password}
          hint={t.invite.passwordHint}
          error={tried && short ? t.invite.needPassword : reset.isError ? errorText(reset.error) : undefined}
        >
          <Input
            type="password"
            autoFocus
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
        <Button type="submit" variant="primary" size="lg" busy={reset.isPending || reset.isSuccess}>
          {t.invite.resetSubmit}
        </Button>
      </form>
    </AuthFrame>
  );
}
