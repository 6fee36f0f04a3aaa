"use client";

import { Plus, X } from "lucide-react";
import { useT } from "@/lib/i18n";
import { TagPicker } from "./tag-picker";
import { TagChip } from "./ui/badge";
import { Popover, PopoverContent, PopoverTrigger } from "./ui/popover";

interface Props {
  label: string;
  tags: { name: string; contacts?: number }[];
  value: string[];
  onChange: (value: string[]) => void;
  /** The label stands in the line, not above it. */
  inline?: boolean;
}

export function TagField({ label, tags, value, onChange, inline }: Props) {
  const t = useT();
  const toggle = (name: string) =>
    onChange(value.includes(name) ? value.filter((one) => one !== name) : [...value, name]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset can't sit in a flex line in every browser
    <div
      role="group"
      aria-label={label || t.contacts.tags}
      className={inline ? "flex flex-wrap items-center gap-1.5" : "flex flex-col gap-1.5"}
    >
      {label && <span className="font-medium">{label}</span>}
      <span className="flex flex-wrap items-center gap-1.5">
        {value.map((name) => (
          <TagChip key={name} name={name} className="h-6">
            <button
              type="button"
              aria-label={`${name} ${t.common.clear}`}
              onClick={() => toggle(name)}
              className="-mr-1 rounded-xs p-0.5 text-muted-foreground hover:bg-accent"
            >
              <X aria-hidden className="size-3" />
            </button>
          </TagChip>
        ))}
        <Popover>
          <PopoverTrigger className="press flex h-6 items-center gap-1 rounded-sm border border-dashed border-border-strong px-1.5 text-xs text-muted-foreground hover:text-foreground max-md:h-9">
            <Plus aria-hidden className="size-3" />
            {t.contacts.tags}
          </PopoverTrigger>
          <PopoverContent aria-label={t.contacts.tags} className="w-56 overflow-hidden">
            <TagPicker tags={tags} value={value} onToggle={toggle} />
          </PopoverContent>
        </Popover>
      </span>
    </div>
  );
}
