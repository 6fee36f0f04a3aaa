"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation } from "@tanstack/react-query";
import { useMemo } from "react";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { http, rememberCsrf } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Field, Input, Select } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { AuthFrame } from "../account/auth-frame";

/** Behind the # of the address that the server printed: that part of an address never leaves the browser. */
function setupToken(): string | null {
  return window.location.hash.slice(1) || null;
}

/** The very first thing on a new installation: who is responsible for it. */
export function OwnerStep({ tokenNeeded }: { tokenNeeded: boolean }) {
  const t = useT();
  const errorText = useErrorText();
  const schema = useMemo(
    () =>
      z.object({
        tenantName: z.string().trim().min(1, t.setup.owner.needTenant),
        kind: z.enum(["camp", "sales"]),
        name: z.string().trim().min(1, t.setup.owner.needName),
        email: z
          .string()
          .trim()
          .regex(/^\S+@\S+$/, t.setup.owner.needEmail),
        password: z.string().min(8, t.setup.owner.needPassword),
      }),
    [t],
  );
  const form = useForm({
    resolver: zodResolver(schema),
    mode: "onTouched",
    defaultValues: { tenantName: "", kind: "camp" as "camp" | "sales", name: "", email: "", password: "" },
  });
  const errors = form.formState.errors;
  const create = useMutation({
    mutationFn: (value: z.infer<typeof schema>) =>
      http.post("/api/setup/owner", { ...value, setupToken: setupToken() }),
    onSuccess: (me) => {
      rememberCsrf(me.csrfToken);
      window.location.assign("/setup");
    },
  });
  const o = t.setup.owner;
  return (
    <AuthFrame title={t.setup.steps.owner?.title ?? t.setup.title} hint={t.setup.hint}>
      {tokenNeeded && !setupToken() && (
        <p role="alert" className="mb-4 rounded-md bg-warning-soft px-3 py-2">
          {o.tokenNeeded}
        </p>
      )}
      <form
        noValidate
        onSubmit={form.handleSubmit((value) => create.mutate(value))}
        className="flex flex-col gap-4"
      >
        <Field label={o.tenant} hint={o.tenantHint} error={errors.tenantName?.message}>
          <Input autoFocus autoComplete="organization" {...form.register("tenantName")} />
        </Field>
        <Field label={o.kind}>
          <Select {...form.register("kind")}>
            <option value="camp">{o.camp}</option>
            <option value="sales">{o.sales}</option>
          </Select>
        </Field>
        <Field label={o.name} error={errors.name?.message}>
          <Input autoComplete="name" {...form.register("name")} />
        </Field>
        <Field label={o.email} error={errors.email?.message}>
          <Input type="email" autoComplete="username" {...form.register("email")} />
        </Field>
        <Field label={o.password} hint={o.passwordHint} error={errors.password?.message}>
          <Input type="password" autoComplete="new-password" {...form.register("password")} />
        </Field>
        {create.isError && (
          <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-destructive">
            {errorText(create.error)}
          </p>
        )}
        <Button type="submit" variant="primary" size="lg" busy={create.isPending || create.isSuccess}>
          {o.submit}
        </Button>
      </form>
    </AuthFrame>
  );
}
