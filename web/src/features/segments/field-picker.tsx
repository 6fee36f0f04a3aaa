"use client";

import { type ReactNode, useMemo, useRef } from "react";
import { OptionList } from "@/components/filter-chip";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { FieldIcon } from "./field-icon";
import type { Field, Fields } from "./tree";

interface Props {
  fields: Fields;
  label: string;
  placeholder: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onPick: (field: Field) => void;
  children: ReactNode;
}

/** One list of everything that can be asked of a person, found by typing. */
export function FieldPicker({ fields, label, placeholder, open, onOpenChange, onPick, children }: Props) {
  const picked = useRef(false);
  const options = useMemo(
    () =>
      [...fields.values()]
        .filter((field) => field.key !== "contact") // people are left out by hand, not by a condition
        .map((field) => ({
          value: field.key,
          label: field.label,
          mark: <FieldIcon field={field.key} />,
        })),
    [fields],
  );
  return (
    <Popover open={open} onOpenChange={onOpenChange}>
      <PopoverTrigger asChild>{children}</PopoverTrigger>
      <PopoverContent
        aria-label={label}
        onCloseAutoFocus={(event) => {
          // The value of what was picked is asked next: the focus goes there, not back.
          if (picked.current) event.preventDefault();
          picked.current = false;
        }}
        className="w-60 overflow-hidden"
      >
        <OptionList
          label={label}
          placeholder={placeholder}
          options={options}
          value={[]}
          searchable
          onChoose={(key) => {
            const field = fields.get(key);
            picked.current = field !== undefined;
            if (field) onPick(field);
            onOpenChange(false);
          }}
        />
      </PopoverContent>
    </Popover>
  );
}
