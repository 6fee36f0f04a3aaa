"use client";

import { useId } from "react";
import type { Told } from "@/api/types";
import { Checkbox } from "@/components/ui/field";
import { usePurposeWords } from "./purpose-words";

interface Props {
  value: readonly Told[];
  onChange: (purposes: Told[]) => void;
  hint?: string;
}

/** What people were told that their data is for. Nothing stands chosen: that would be evidence which nobody has. */
export function ToldField({ value, onChange, hint }: Props) {
  const w = usePurposeWords();
  const id = useId();
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{w.told}</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-1">
        {(Object.keys(w.toldOf) as Told[]).map((one) => (
          <label
            key={one}
            htmlFor={`${id}-${one}`}
            className="flex min-h-8 cursor-pointer items-center gap-2 max-md:min-h-11"
          >
            <Checkbox
              id={`${id}-${one}`}
              checked={value.includes(one)}
              onChange={(event) =>
                onChange(event.target.checked ? [...value, one] : value.filter((other) => other !== one))
              }
            />
            {w.toldOf[one]}
          </label>
        ))}
      </div>
      <p className="mt-1 text-xs text-muted-foreground">{hint ?? w.toldHint}</p>
    </fieldset>
  );
}
