"use client";

import { Trash2 } from "lucide-react";
import type { PartitionField } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Input, Select } from "@/components/ui/field";
import { EMPTY_OPS, type Row } from "./form";
import { useWords } from "./words";

// What people build by hand, in this order; the others come through the API.
const SHOWN = [
  "eq",
  "ne",
  "changed_to",
  "contains",
  "is_empty",
  "is_not_empty",
  "gt",
  "lt",
  "before",
  "after",
];
const STOPS = ["eq", "ne"];

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
  const options =
    field?.type === "checkbox"
      ? ["true", "false"]
      : field?.type === "select" || field?.type === "multi_select"
        ? field.options
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
          onChange={(event) => onChange({ ...row, operator: event.target.value })}
        >
          {(operators.length ? operators : ["eq"]).map((one) => (
            <option key={one} value={one}>
              {t.operators[one] ?? one}
            </option>
          ))}
        </Select>
      </div>
      {!EMPTY_OPS.has(row.operator) && (
        <div className="min-w-32 flex-1">
          {options ? (
            <Select
              aria-label={`${label} ${t.dialog.value}`}
              value={row.value}
              onChange={(event) => onChange({ ...row, value: event.target.value })}
            >
              <option value="">{t.dialog.value}</option>
              {options.map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </Select>
          ) : (
            <Input
              aria-label={`${label} ${t.dialog.value}`}
              type={field?.type === "date" ? "date" : "text"}
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
