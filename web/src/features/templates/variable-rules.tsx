"use client";

import { Field, Input, Select } from "@/components/ui/field";
import { type Form, namesOf } from "./form";
import { useWords } from "./words";

interface Props {
  form: Form;
  onChange: (part: Partial<Form>) => void;
  errorOf: (field: string) => string | undefined;
  /** Without a heading of its own, and of these variables alone. */
  bare?: string[];
}

/** What stands where a person has no value, and how values are written. Kakao's own templates know neither: both are ours. */
export function VariableRules({ form, onChange, errorOf, bare }: Props) {
  const t = useWords();
  const names = bare ?? namesOf(form);
  if (names.length === 0) {
    return (
      <section aria-label={t.variables}>
        <h2 className="font-medium">{t.variables}</h2>
        <p className="mt-1 text-xs text-muted-foreground">{t.variablesNone}</p>
      </section>
    );
  }
  return (
    <section aria-label={t.variables} className="flex flex-col gap-3">
      {!bare && <h2 className="font-medium">{t.variables}</h2>}
      <Field label={t.missing} error={errorOf("defaults")}>
        <Select
          value={form.missingPolicy}
          onChange={(event) => onChange({ missingPolicy: event.target.value as Form["missingPolicy"] })}
        >
          {Object.entries(t.policies).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
      <ul className="flex flex-col divide-y rounded-lg border">
        {names.map((name) => (
          <li key={name} className="grid gap-2 p-3 md:grid-cols-[120px_1fr_1fr] md:items-center">
            <b className="min-w-0 truncate font-medium text-brand-fg">{`#{${name}}`}</b>
            <Input
              aria-label={t.defaultOf(name)}
              placeholder={t.defaultColumn}
              maxLength={200}
              value={form.defaults[name] ?? ""}
              onChange={(event) => onChange({ defaults: { ...form.defaults, [name]: event.target.value } })}
            />
            <Select
              aria-label={t.formatOf(name)}
              value={form.formats[name] ?? ""}
              onChange={(event) => onChange({ formats: { ...form.formats, [name]: event.target.value } })}
            >
              {Object.entries(t.formats).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </li>
        ))}
      </ul>
    </section>
  );
}
