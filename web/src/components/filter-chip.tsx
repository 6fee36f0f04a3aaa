"use client";

import { Command } from "cmdk";
import { Check, type LucideIcon, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import { Popover, PopoverContent, PopoverTrigger } from "./ui/popover";

export interface FilterOption {
  value: string;
  label: string;
  mark?: ReactNode;
  hint?: string;
}

interface Props {
  icon: LucideIcon;
  label: string;
  value: string[];
  options: FilterOption[];
  onChange: (value: string[]) => void;
  /** More than one may be chosen. */
  multiple?: boolean;
  searchable?: boolean;
}

function ChipFrame({
  icon: Icon,
  label,
  shown,
  onClear,
}: {
  icon: LucideIcon;
  label: string;
  shown: string[];
  onClear: () => void;
}) {
  const t = useT();
  const set = shown.length > 0;
  return (
    <span
      className={cn(
        "press inline-flex h-7 shrink-0 items-center rounded-md border text-xs font-medium max-md:h-9",
        set
          ? "border-brand/35 bg-brand-soft text-brand-fg"
          : "border-dashed border-border-strong text-muted-foreground",
      )}
    >
      <PopoverTrigger
        className={cn(
          "flex h-full items-center gap-1.5 rounded-md pl-2 hover:text-foreground",
          set ? "max-w-56 pr-1" : "pr-2.5",
        )}
      >
        <Icon aria-hidden className="size-3.5 shrink-0" />
        {label}
        {set && (
          <>
            <span aria-hidden className="h-3 w-px bg-brand/30" />
            <span className="truncate">
              {shown[0]}
              {shown.length > 1 && ` +${shown.length - 1}`}
            </span>
          </>
        )}
      </PopoverTrigger>
      {set && (
        <button
          type="button"
          aria-label={`${label} ${t.common.clear}`}
          onClick={onClear}
          className="flex h-full items-center rounded-r-md px-1.5 hover:bg-brand/10"
        >
          <X aria-hidden className="size-3.5" />
        </button>
      )}
    </span>
  );
}

/** Dashed while it filters nothing; soft violet with its value and a way out once it does. */
export function FilterChip({ icon: Icon, label, value, options, onChange, multiple, searchable }: Props) {
  const [open, setOpen] = useState(false);
  const shown = value.map((v) => options.find((o) => o.value === v)?.label ?? v);
  const choose = (picked: string) => {
    if (!multiple) {
      onChange(value.includes(picked) ? [] : [picked]);
      setOpen(false);
    } else onChange(value.includes(picked) ? value.filter((v) => v !== picked) : [...value, picked]);
  };
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <ChipFrame icon={Icon} label={label} shown={shown} onClear={() => onChange([])} />
      <PopoverContent aria-label={label} className="w-56 overflow-hidden">
        <OptionList
          label={label}
          options={options}
          value={value}
          onChoose={choose}
          searchable={searchable ?? options.length > 8}
        />
      </PopoverContent>
    </Popover>
  );
}

interface ListProps {
  label: string;
  options: FilterOption[];
  value: string[];
  onChoose: (value: string) => void;
  searchable?: boolean;
  placeholder?: string;
  /** Hears what is typed, where the list itself comes from the server. */
  onTyped?: (text: string) => void;
  /** Offers to make what was typed. */
  onCreate?: (name: string) => void;
  createLabel?: (name: string) => string;
}

export function OptionList({
  label,
  options,
  value,
  onChoose,
  searchable,
  placeholder,
  onTyped,
  onCreate,
  createLabel,
}: ListProps) {
  const t = useT();
  const [typed, setTyped] = useState("");
  const name = typed.trim();
  return (
    <Command label={label} className="outline-none">
      {searchable ? (
        <Command.Input
          value={typed}
          onValueChange={(text) => {
            setTyped(text);
            onTyped?.(text.trim());
          }}
          placeholder={placeholder ?? t.common.search}
          className="h-9 w-full border-b bg-transparent px-3 text-sm outline-none max-md:h-11"
        />
      ) : (
        // cmdk moves the highlight from its input; a short list has one that isn't seen.
        <Command.Input autoFocus aria-label={label} className="sr-only" value="" readOnly />
      )}
      <Command.List className="thin-scroll max-h-64 overflow-y-auto p-1">
        <Command.Empty className="px-2 py-4 text-center text-xs text-muted-foreground">
          {onCreate && name ? null : t.command.empty}
        </Command.Empty>
        {options.map((option) => (
          <Command.Item
            key={option.value}
            value={option.label}
            onSelect={() => onChoose(option.value)}
            className="flex h-8 items-center gap-2 rounded-sm px-2 text-sm data-[selected=true]:bg-accent max-md:h-11"
          >
            {option.mark}
            <span className="min-w-0 flex-1 truncate">{option.label}</span>
            {option.hint && <span className="text-xs text-muted-foreground">{option.hint}</span>}
            {value.includes(option.value) && <Check aria-hidden className="size-4 text-brand" />}
          </Command.Item>
        ))}
        {onCreate && name && !options.some((o) => o.label === name) && (
          <Command.Item
            forceMount
            value={`+${name}`}
            onSelect={() => {
              onCreate(name);
              setTyped("");
            }}
            className="flex h-8 items-center gap-2 rounded-sm px-2 text-sm text-brand-fg data-[selected=true]:bg-accent max-md:h-11"
          >
            {createLabel?.(name) ?? name}
          </Command.Item>
        )}
      </Command.List>
    </Command>
  );
}

interface TextChipProps {
  icon: LucideIcon;
  label: string;
  value: string;
  placeholder: string;
  onChange: (value: string) => void;
}

/** A chip whose value is typed: applied with Enter or by leaving it. */
export function TextChip({ icon: Icon, label, value, placeholder, onChange }: TextChipProps) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState(value);
  const close = (next: boolean) => {
    setOpen(next);
    if (next) setTyped(value);
    else if (typed.trim() !== value) onChange(typed.trim());
  };
  return (
    <Popover open={open} onOpenChange={close}>
      <ChipFrame icon={Icon} label={label} shown={value ? [value] : []} onClear={() => onChange("")} />
      <PopoverContent aria-label={label} className="w-56 p-2">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            close(false);
          }}
        >
          <input
            autoFocus
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            placeholder={placeholder}
            aria-label={label}
            autoComplete="off"
            className="field-focus h-9 w-full rounded-md border border-input bg-transparent px-2.5 max-md:h-11"
          />
          <button type="submit" className="sr-only">
            {t.common.search}
          </button>
        </form>
      </PopoverContent>
    </Popover>
  );
}
