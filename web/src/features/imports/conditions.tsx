"use client";

import { FastForward, GitMerge, Replace } from "lucide-react";
import { useState } from "react";
import type { Told } from "@/api/types";
import { TagField } from "@/components/tag-field";
import { Badge } from "@/components/ui/badge";
import { Checkbox, Field, Input, Select } from "@/components/ui/field";
import { koreanDay } from "@/lib/format";
import { useFormat, useT } from "@/lib/i18n";
import { read, write } from "@/lib/storage";
import { cn } from "@/lib/utils";
import { useTags } from "../contacts/queries";
import { ToldField } from "../contacts/told-field";

const POLICIES = [
  { key: "merge", icon: GitMerge },
  { key: "skip", icon: FastForward },
  { key: "replace", icon: Replace },
] as const;

export interface ConditionValues {
  policy: "merge" | "skip" | "replace";
  askNameless: boolean;
  tags: string[];
  basis: string;
  source: string;
  /** What the people on it were told that it's for. */
  purposes: Told[];
  /** When the list was given to us, as a date field writes it. */
  obtainedOn: string;
}

const EMPTY: ConditionValues = {
  policy: "merge",
  askNameless: false,
  tags: [],
  basis: "",
  source: "",
  purposes: [],
  obtainedOn: "",
};

/** The conditions of one upload, kept over a reload until it starts. They hold nothing about people. */
export function useConditions(id: string): [ConditionValues, (part: Partial<ConditionValues>) => void] {
  const [values, setValues] = useState<ConditionValues>(() => {
    try {
      return { ...EMPTY, ...(JSON.parse(read(`draft:${id}`) ?? "{}") as Partial<ConditionValues>) };
    } catch {
      return EMPTY;
    }
  });
  const change = (part: Partial<ConditionValues>) => {
    const next = { ...values, ...part };
    setValues(next);
    write(`draft:${id}`, JSON.stringify(next));
  };
  return [values, change];
}

interface Props {
  values: ConditionValues;
  onChange: (part: Partial<ConditionValues>) => void;
  errors: { basis?: string; source?: string; obtainedOn?: string; purposes?: string };
  /** Rows that meet somebody who is there already; null while nobody has counted. */
  known?: number | null;
}

export function Conditions({ values, onChange, errors, known = null }: Props) {
  const t = useT();
  const f = useFormat();
  const tags = useTags().data ?? [];
  return (
    <section aria-label={t.imports.conditions} className="flex flex-col gap-5">
      <h2 className="font-semibold">{t.imports.conditions}</h2>
      <div className="grid gap-4 md:grid-cols-2">
        <Field label={t.imports.basis} mark={<Badge>{t.common.required}</Badge>} error={errors.basis}>
          <Select value={values.basis} onChange={(event) => onChange({ basis: event.target.value })}>
            <option value="" disabled>
              –
            </option>
            {Object.entries(t.contacts.bases).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
        <Field
          label={t.imports.obtainedOn}
          mark={<Badge>{t.common.required}</Badge>}
          error={errors.obtainedOn}
        >
          <Input
            type="date"
            min="1990-01-01"
            max={koreanDay(Date.now())}
            value={values.obtainedOn}
            onChange={(event) => onChange({ obtainedOn: event.target.value })}
          />
        </Field>
        <Field
          className="md:col-span-2"
          label={t.imports.source}
          mark={<Badge>{t.common.required}</Badge>}
          aside={t.imports.sourceHint}
          error={errors.source}
        >
          <Input
            type="text"
            autoComplete="off"
            maxLength={200}
            placeholder={t.imports.sourcePlaceholder}
            value={values.source}
            onChange={(event) => onChange({ source: event.target.value })}
          />
        </Field>
      </div>
      <ToldField
        value={values.purposes}
        onChange={(purposes) => onChange({ purposes })}
        required
        error={errors.purposes}
      />
      <fieldset>
        <legend className="mb-2 font-medium">
          {t.imports.policy}
          {known !== null && (
            <span className="ml-2 font-normal text-muted-foreground">
              {t.imports.policyKnown(f.num(known))}
            </span>
          )}
        </legend>
        <div className="grid gap-2 md:grid-cols-3">
          {POLICIES.map(({ key, icon: Icon }) => (
            <label
              key={key}
              className={cn(
                "press cursor-pointer rounded-lg border bg-card p-3 shadow-card hover:border-border-strong has-focus-visible:outline-2 has-focus-visible:outline-ring dark:bg-transparent",
                values.policy === key &&
                  "border-brand bg-brand-soft/50 shadow-[inset_0_0_0_1px_var(--brand)] hover:border-brand dark:bg-brand-soft/40",
              )}
            >
              <input
                type="radio"
                name="policy"
                checked={values.policy === key}
                onChange={() => onChange({ policy: key })}
                className="sr-only"
              />
              <span className="flex items-center gap-2 font-medium">
                <Icon
                  aria-hidden
                  className={cn("size-4", values.policy === key ? "text-brand-fg" : "text-muted-foreground")}
                />
                {t.imports.policies[key].title}
              </span>
              <span className="mt-0.5 block pl-6 text-xs text-muted-foreground">
                {t.imports.policies[key].hint}
              </span>
            </label>
          ))}
        </div>
        <label
          htmlFor="ask-nameless"
          className="mt-3 flex w-fit cursor-pointer items-center gap-2 max-md:min-h-11"
        >
          <Checkbox
            id="ask-nameless"
            checked={values.askNameless}
            onChange={(event) => onChange({ askNameless: event.target.checked })}
          />
          {t.imports.askNameless}
        </label>
        <p className="mt-2 text-xs text-muted-foreground">{t.imports.policyFoot}</p>
      </fieldset>
      <TagField
        inline
        label={t.imports.tags}
        tags={tags}
        value={values.tags}
        onChange={(next) => onChange({ tags: next })}
      />
    </section>
  );
}
