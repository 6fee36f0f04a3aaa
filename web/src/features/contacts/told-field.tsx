"use client";

import { useId } from "react";
import type { Told } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Checkbox } from "@/components/ui/field";
import { useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import { usePurposeWords } from "./purpose-words";

interface Props {
  value: readonly Told[];
  onChange: (purposes: Told[]) => void;
  hint?: string;
  /** Where one has to be chosen, what is said when none is. */
  required?: boolean;
  error?: string;
}

/** What people were told that their data is for. Nothing stands chosen: that would be evidence which nobody has. */
export function ToldField({ value, onChange, hint, required, error }: Props) {
  const t = useT();
  const w = usePurposeWords();
  const id = useId();
  return (
    <fieldset aria-describedby={`${id}-hint`}>
      <legend className="mb-1.5 flex items-center gap-2 text-sm font-medium">
        {w.told}
        {required && <Badge>{t.common.required}</Badge>}
      </legend>
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
      <p
        id={`${id}-hint`}
        role={error ? "alert" : undefined}
        className={cn("mt-1 text-xs", error ? "text-destructive" : "text-muted-foreground")}
      >
        {error ?? hint ?? w.toldHint}
      </p>
    </fieldset>
  );
}
