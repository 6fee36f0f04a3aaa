"use client";

import { Plus, Star, X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { useViewWords } from "./view-words";

interface ListProps {
  label: string;
  values: string[];
  faults: (string | undefined)[];
  mode: "tel" | "email" | "text";
  onChange: (values: string[]) => void;
}

/** Several values; the first is the one that is written to. */
export function ValueList({ label, values, faults, mode, onChange }: ListProps) {
  const w = useViewWords();
  const put = (at: number, value: string) => onChange(values.map((one, i) => (i === at ? value : one)));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">{label}</legend>
      {values.map((value, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: values are edited in place, and two may be alike
        <Field key={at} label={`${label} ${at + 1}`} mark={at === 0 ? w.first : undefined} error={faults[at]}>
          <div className="flex items-center gap-1">
            <Input
              inputMode={mode}
              autoComplete="off"
              value={value}
              onChange={(event) => put(at, event.target.value)}
            />
            {at > 0 && (
              <Button
                variant="ghost"
                size="icon"
                aria-label={`${value || label}: ${w.makeFirst}`}
                onClick={() => onChange([value, ...values.filter((_, i) => i !== at)])}
              >
                <Star aria-hidden />
              </Button>
            )}
            <Button
              variant="ghost"
              size="icon"
              aria-label={w.remove(value || label)}
              onClick={() => onChange(values.filter((_, i) => i !== at))}
            >
              <X aria-hidden />
            </Button>
          </div>
        </Field>
      ))}
      <Button variant="ghost" size="sm" className="self-start" onClick={() => onChange([...values, ""])}>
        <Plus aria-hidden />
        {label} {w.add}
      </Button>
    </fieldset>
  );
}
