"use client";

import { Field, Input, Select } from "@/components/ui/field";
import { usePurposeWords } from "./purpose-words";

/** Purposes that a rule looks for before somebody is sent to; any other is for people to read. */
export const RULED = ["marketing", "marketing_night", "sensitive"];

interface Props {
  value: string;
  onChange: (purpose: string) => void;
  hint?: string;
  error?: string;
}

/** What a consent is about. The first of those that a rule knows stands chosen, so that nobody has to know its code. */
export function PurposeField({ value, onChange, hint, error }: Props) {
  const w = usePurposeWords();
  const ruled = RULED.includes(value);
  return (
    <>
      <Field label={w.label} hint={hint}>
        <Select value={ruled ? value : ""} onChange={(event) => onChange(event.target.value)}>
          {RULED.map((one) => (
            <option key={one} value={one}>
              {w.of[one]}
            </option>
          ))}
          <option value="">{w.other}</option>
        </Select>
      </Field>
      {!ruled && (
        <Field label={w.own} hint={w.ownHint} error={error}>
          <Input maxLength={50} value={value} onChange={(event) => onChange(event.target.value)} />
        </Field>
      )}
    </>
  );
}
