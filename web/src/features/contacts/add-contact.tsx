"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { http } from "@/api/client";
import type { Tag, Told } from "@/api/types";
import { TagField } from "@/components/tag-field";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import type { Messages } from "@/messages";
import { ToldField } from "./told-field";

function schema(t: Messages) {
  return z
    .object({
      name: z.string().trim().min(1, t.contacts.form.needName),
      phone: z.string().trim(),
      email: z.string().trim(),
      tags: z.array(z.string()),
      basis: z.string(),
      source: z.string().trim().min(1, t.contacts.form.needSource),
      purposes: z.array(z.custom<Told>()),
    })
    .superRefine((value, context) => {
      const issue = (path: string, message: string) =>
        context.addIssue({ code: "custom", path: [path], message });
      if (!value.phone && !value.email) issue("phone", t.contacts.form.needAddress);
      // The server reads many more ways of writing a number; this only catches what can't be one.
      if (value.phone && !/\d{3}.*\d{4}/.test(value.phone)) issue("phone", t.contacts.form.badPhone);
      if (value.email && !/^\S+@\S+\.\S+$/.test(value.email)) issue("email", t.contacts.form.badEmail);
    });
}

export function AddContact({ onClose, tags }: { onClose: () => void; tags: Tag[] }) {
  const t = useT();
  const client = useQueryClient();
  const errorText = useErrorText();
  const resolver = useMemo(() => zodResolver(schema(t)), [t]);
  const form = useForm({
    resolver,
    mode: "onTouched",
    defaultValues: {
      name: "",
      phone: "",
      email: "",
      tags: [] as string[],
      basis: "consent",
      source: "",
      purposes: [] as Told[],
    },
  });
  const errors = form.formState.errors;
  const add = useMutation({
    mutationFn: (v: z.infer<ReturnType<typeof schema>>) =>
      http.post("/api/contacts", {
        name: v.name,
        phones: v.phone ? [v.phone] : [],
        emails: v.email ? [v.email] : [],
        tags: v.tags,
        basis: v.basis,
        source: v.source,
        purposes: v.purposes,
      }),
    onSuccess: (_contact, v) => {
      toast(t.contacts.form.added(v.name));
      void client.invalidateQueries({ queryKey: ["contacts"] });
      onClose();
    },
  });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={t.contacts.form.title}
        footer={
          <>
            <DialogClose asChild>
              <Button>{t.common.cancel}</Button>
            </DialogClose>
            <Button variant="primary" type="submit" form="add-contact" busy={add.isPending}>
              {t.contacts.form.submit}
            </Button>
          </>
        }
      >
        <form
          id="add-contact"
          noValidate
          onSubmit={form.handleSubmit((value) => add.mutate(value))}
          className="flex flex-col gap-4"
        >
          <Field label={t.contacts.form.name} error={errors.name?.message}>
            <Input autoFocus autoComplete="off" {...form.register("name")} />
          </Field>
          <Field label={t.contacts.form.phone} hint={t.contacts.form.phoneHint} error={errors.phone?.message}>
            <Input inputMode="tel" autoComplete="off" {...form.register("phone")} />
          </Field>
          <Field label={t.contacts.form.email} error={errors.email?.message}>
            <Input inputMode="email" autoComplete="off" {...form.register("email")} />
          </Field>
          <TagField
            label={t.contacts.form.tags}
            tags={tags}
            value={form.watch("tags")}
            onChange={(value) => form.setValue("tags", value)}
          />
          <div className="grid gap-4 md:grid-cols-2">
            <Field label={t.contacts.form.basis}>
              <Select {...form.register("basis")}>
                {Object.entries(t.contacts.bases).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            </Field>
            <Field
              label={t.contacts.form.source}
              hint={t.contacts.form.sourceHint}
              error={errors.source?.message}
            >
              <Input autoComplete="off" {...form.register("source")} />
            </Field>
          </div>
          <ToldField value={form.watch("purposes")} onChange={(value) => form.setValue("purposes", value)} />
          {add.isError && (
            <p role="alert" className="text-sm text-destructive">
              {errorText(add.error)}
            </p>
          )}
        </form>
      </DialogContent>
    </Dialog>
  );
}
