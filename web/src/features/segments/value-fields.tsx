"use client";

import { Plus, X } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { OptionList } from "@/components/filter-chip";
import { tagOption } from "@/components/tag-picker";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { num } from "@/lib/format";
import { useDebounced } from "@/lib/hooks";
import { isComposing } from "@/lib/keys";
import { cn, hueIndex } from "@/lib/utils";
import { useBuilder } from "./builder-context";
import { arity, type Field, type Row, remove } from "./tree";
import { useFieldValues } from "./value-names";

interface Props {
  row: Row;
  field: Field;
  onValues: (values: string[]) => void;
}

const BOX =
  "field-focus h-7 rounded-md border border-input bg-card px-2 text-sm max-md:h-11 dark:bg-transparent";

/** Backspace in an empty value takes the condition away, as it takes away a letter. */
function useBackspace(row: Row) {
  const { edit } = useBuilder();
  return (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== "Backspace" || isComposing(event.nativeEvent) || event.currentTarget.value) return;
    event.preventDefault();
    edit((root) => remove(root, row.id));
  };
}

function Typed({ row, field, at, type, onValues }: Props & { at: number; type: "number" | "date" | "days" }) {
  const { w, fresh } = useBuilder();
  const backspace = useBackspace(row);
  return (
    <input
      type={type === "date" ? "date" : "text"}
      inputMode={type === "date" ? undefined : "decimal"}
      autoFocus={fresh === row.id && at === 0}
      autoComplete="off"
      aria-label={`${field.label} ${row.op === "between" ? (at === 0 ? w.from : w.until) : w.typeValue}`}
      value={row.values[at] ?? ""}
      onKeyDown={backspace}
      onChange={(event) => {
        const next = Array.from({ length: arity(row.op) ?? 1 }, (_, n) => row.values[n] ?? "");
        next[at] = event.target.value;
        onValues(next.every((value) => value === "") ? [] : next);
      }}
      className={cn(BOX, type === "date" ? "w-36" : type === "days" ? "w-14 text-right" : "w-20 text-right")}
    />
  );
}

/** Values chosen from a list, found by typing; what no list knows may be written. */
function Picked({ row, field, onValues }: Props) {
  const { w, show, optionsOf, fresh, setFresh } = useBuilder();
  const [open, setOpen] = useState(fresh === row.id);
  const [typed, setTyped] = useState("");
  const known = optionsOf(field);
  const asked = field.valuesFrom === "values";
  const found = useFieldValues(field.key, useDebounced(typed, 180), asked && open);
  const listed = known ?? found ?? [];
  const options = [
    ...listed.map((one) =>
      field.key === "tag"
        ? tagOption(one.value, one.count)
        : { value: one.value, label: one.label, hint: one.count === undefined ? undefined : num(one.count) },
    ),
    // Chosen before, and not in the list any more or not yet.
    ...row.values
      .filter((value) => !listed.some((one) => one.value === value))
      .map((value) => ({ value, label: show(field.key, value) })),
  ];
  const several = arity(row.op) === null;
  const free = known === null;
  const toggle = (value: string) => {
    if (row.values.includes(value)) onValues(row.values.filter((one) => one !== value));
    else onValues(several ? [...row.values, value] : [value]);
    if (!several) close(false);
  };
  const close = (next: boolean) => {
    setOpen(next);
    if (!next && fresh === row.id) setFresh(null);
  };
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-1.5">
      {row.values.map((value) => (
        <span
          key={value}
          className="inline-flex h-6 min-w-0 items-center gap-1.5 rounded-sm border bg-secondary pl-1.5 text-sm max-md:h-9"
        >
          {field.key === "tag" && (
            <i className={cn("hue-dot size-1.5 shrink-0 rounded-full", `hue-${hueIndex(value)}`)} />
          )}
          <span className="max-w-48 truncate">{show(field.key, value)}</span>
          <button
            type="button"
            aria-label={w.removeValue(show(field.key, value))}
            onClick={() => toggle(value)}
            className="flex h-full items-center rounded-r-sm px-1 text-muted-foreground hover:bg-accent max-md:px-2"
          >
            <X aria-hidden className="size-3.5" />
          </button>
        </span>
      ))}
      {(several || row.values.length === 0) && (
        <Popover open={open} onOpenChange={close}>
          <PopoverTrigger
            aria-label={row.values.length === 0 ? `${field.label} ${w.pickValue}` : w.addValue(field.label)}
            onKeyDown={(event) => {
              if (event.key === "Backspace" && row.values.length > 0) onValues(row.values.slice(0, -1));
            }}
            className={cn(
              "press flex h-6 items-center gap-1 rounded-sm text-xs text-muted-foreground hover:bg-accent hover:text-foreground max-md:h-9",
              row.values.length === 0 ? "border border-dashed border-border-strong px-2" : "px-1",
            )}
          >
            {row.values.length === 0 ? w.pickValue : <Plus aria-hidden className="size-4" />}
          </PopoverTrigger>
          <PopoverContent aria-label={field.label} className="w-60 overflow-hidden">
            <OptionList
              label={field.label}
              options={options}
              value={row.values}
              onChoose={toggle}
              searchable={free || field.valuesFrom !== null || options.length > 8}
              onTyped={asked ? setTyped : undefined}
              placeholder={free ? w.typeValue : undefined}
              onCreate={free ? toggle : undefined}
            />
          </PopoverContent>
        </Popover>
      )}
    </span>
  );
}

/** The values of one condition, in the shape that its comparison asks for. */
export function ValueFields(props: Props) {
  const { w } = useBuilder();
  const { row, field } = props;
  if (arity(row.op) === 0 || field.type === "bool") return null;
  if (row.op === "within_days") {
    return (
      <span className="flex items-center gap-1">
        <Typed {...props} at={0} type="days" />
        {w.days}
      </span>
    );
  }
  if (field.type === "number" || field.type === "date") {
    return (
      <span className="flex items-center gap-1.5">
        <Typed {...props} at={0} type={field.type} />
        {row.op === "between" && (
          <>
            <span className="text-muted-foreground">~</span>
            <Typed {...props} at={1} type={field.type} />
          </>
        )}
      </span>
    );
  }
  return <Picked {...props} />;
}
