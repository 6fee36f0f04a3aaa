"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, untyped } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Field, Input, Select } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import type { StepProps } from "./setup-page";

export function CandidacyStep({ onDone, busy }: StepProps) {
  const t = useT();
  const c = t.setup.candidacy;
  const errorText = useErrorText();
  const [form, setForm] = useState({
    election: "",
    office: "",
    district: "",
    status: "none",
    registeredAt: "",
    reportedNumber: "",
  });
  const [tried, setTried] = useState(false);
  const missing = !form.election || !form.district.trim();
  const save = useMutation({
    mutationFn: () => untyped.post("/api/candidacies", { ...form, registeredAt: form.registeredAt || null }),
    onSuccess: () => onDone(),
  });
  const set = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }));
  const absent = save.error instanceof ApiError && save.error.status === 404;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!missing) save.mutate();
      }}
      className="grid gap-4 md:grid-cols-2"
    >
      <p className="md:col-span-2">{c.text}</p>
      <Field label={c.election} error={tried && missing ? c.need : undefined}>
        <Input
          type="date"
          value={form.election}
          onChange={(event) => set({ election: event.target.value })}
        />
      </Field>
      <Field label={c.office}>
        <Input
          autoComplete="off"
          value={form.office}
          onChange={(event) => set({ office: event.target.value })}
        />
      </Field>
      <Field label={c.district}>
        <Input
          autoComplete="off"
          value={form.district}
          onChange={(event) => set({ district: event.target.value })}
        />
      </Field>
      <Field label={c.status}>
        <Select value={form.status} onChange={(event) => set({ status: event.target.value })}>
          {Object.entries(c.statuses).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
      {form.status !== "none" && (
        <>
          <Field label={c.registeredAt}>
            <Input
              type="date"
              value={form.registeredAt}
              onChange={(event) => set({ registeredAt: event.target.value })}
            />
          </Field>
          <Field label={c.reportedNumber}>
            <Input
              inputMode="tel"
              value={form.reportedNumber}
              onChange={(event) => set({ reportedNumber: event.target.value })}
            />
          </Field>
        </>
      )}
      {save.isError && (
        <p role="alert" className="text-destructive md:col-span-2">
          {absent ? c.notYet : errorText(save.error)}
        </p>
      )}
      <div className="md:col-span-2">
        <Button type="submit" variant="primary" busy={busy || save.isPending}>
          {t.setup.save}
        </Button>
      </div>
    </form>
  );
}
