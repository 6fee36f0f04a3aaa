"use client";

import { Trash2 } from "lucide-react";
import type { PartitionField } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Input, Select } from "@/components/ui/field";
import { EMPTY_OPS, LIST_OPS, listOf, type Row } from "./condition";
import { useWords } from "./dialog-words";
import { useMembers } from "./queries";

// In this order; a repeat's end can't be an edge.
const SHOWN = [
  "eq",
  "ne",
  "changed_to",
  "changed_from_to",
  "contains",
  "in",
  "is_empty",
  "is_not_empty",
  "gt",
  "gte",
  "lt",
  "lte",
  "before",
  "after",
];
const STOPS = SHOWN.filter((one) => !one.startsWith("changed_"));

interface Props {
  row: Row;
  fields: PartitionField[];
  onChange: (row: Row) => void;
  /** Names the three controls, for who hears them. */
  label: string;
  onDrop?: () => void;
  dropLabel?: string;
  stop?: boolean;
}

export function ConditionRow({ row, fields, onChange, label, onDrop, dropLabel, stop }: Props) {
  const t = useWords();
  const field = fields.find((one) => one.key === row.field);
  const operators = (stop ? STOPS : SHOWN).filter((one) => !field || field.triggerOps.includes(one));
  const members = useMembers(field?.type === "user");
  const named = (values: string[]) => values.map((value) => ({ value, label: value }));
  const options =
    field?.type === "checkbox"
      ? Object.entries(t.say.truth).map(([value, label]) => ({ value, label }))
      : field?.type === "user"
        ? members
        : field?.type === "select" || field?.type === "multi_select"
          ? named(field.options)
          : null;
  return (
    <div className="flex min-w-0 flex-1 flex-wrap items-center gap-2">
      <div className="w-36 max-md:w-full">
        <Select
          aria-label={`${label} ${t.dialog.field}`}
          value={row.field}
          onChange={(event) => onChange({ field: event.target.value, operator: "eq", value: "" })}
        >
          <option value="">{t.dialog.field}</option>
          {fields.map((one) => (
            <option key={one.key} value={one.key}>
              {one.label}
            </option>
          ))}
        </Select>
      </div>
      <div className="w-32 max-md:flex-1">
        <Select
          aria-label={`${label} ${t.dialog.operator}`}
          value={row.operator}
          onChange={(event) =>
            onChange({
              ...row,
              operator: event.target.value,
              value: LIST_OPS.has(event.target.value) === LIST_OPS.has(row.operator) ? row.value : "",
            })
          }
        >
          {(operators.length ? operators : ["eq"]).map((one) => (
            <option key={one} value={one}>
              {t.operators[one] ?? one}
            </option>
          ))}
        </Select>
      </div>
      {row.operator === "changed_from_to" && (
        <Pair row={row} options={options} label={label} onChange={onChange} />
      )}
      {!EMPTY_OPS.has(row.operator) && row.operator !== "changed_from_to" && (
        <div className="min-w-32 flex-1">
          {options && row.operator !== "in" ? (
            <Select
              aria-label={`${label} ${t.dialog.value}`}
              value={row.value}
              onChange={(event) => onChange({ ...row, value: event.target.value })}
            >
              <option value="">{t.dialog.value}</option>
              {options.map((one) => (
                <option key={one.value} value={one.value}>
                  {one.label}
                </option>
              ))}
            </Select>
          ) : (
            <Input
              aria-label={`${label} ${t.dialog.value}`}
              type={field?.type === "date" && row.operator !== "in" ? "date" : "text"}
              placeholder={
                row.operator === "in"
                  ? (options?.map((one) => one.value).join(", ") ?? t.dialog.list)
                  : undefined
              }
              inputMode={field?.type === "number" ? "numeric" : undefined}
              autoComplete="off"
              value={row.value}
              onChange={(event) => onChange({ ...row, value: event.target.value })}
            />
          )}
        </div>
      )}
      {onDrop && (
        <Button type="button" variant="ghost" size="icon-sm" aria-label={dropLabel} onClick={onDrop}>
          <Trash2 />
        </Button>
      )}
    </div>
  );
}

/** From what to what. */
function Pair({
  row,
  options,
  label,
  onChange,
}: {
  row: Row;
  options: { value: string; label: string }[] | null;
  label: string;
  onChange: (row: Row) => void;
}) {
  const t = useWords();
  const [from = "", to = ""] = listOf(row.value);
  const set = (before: string, after: string) => onChange({ ...row, value: `${before}, ${after}` });
  const parts = [
    { name: t.dialog.before, value: from, change: (value: string) => set(value, to) },
    { name: t.dialog.after, value: to, change: (value: string) => set(from, value) },
  ];
  return (
    <div className="flex min-w-48 flex-1 gap-2">
      {parts.map((one) =>
        options ? (
          <Select
            key={one.name}
            aria-label={`${label} ${one.name}`}
            value={one.value}
            onChange={(event) => one.change(event.target.value)}
          >
            <option value="">{one.name}</option>
            {options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </Select>
        ) : (
          <Input
            key={one.name}
            aria-label={`${label} ${one.name}`}
            placeholder={one.name}
            autoComplete="off"
            value={one.value}
            onChange={(event) => one.change(event.target.value)}
          />
        ),
      )}
    </div>
  );
}
