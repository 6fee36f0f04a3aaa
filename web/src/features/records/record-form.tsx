"use client";

import type { Partition, PartitionField } from "@/api/types";
import { Field, Input, Select } from "@/components/ui/field";
import { useMembers } from "../automations/queries";
import { useWords } from "./words";

interface Props {
  partition: Partition;
  values: Record<string, string>;
  onChange: (values: Record<string, string>) => void;
  errors: Record<string, string>;
}

/** A control per field, by its type. */
export function RecordForm({ partition, values, onChange, errors }: Props) {
  return (
    <div className="flex flex-col gap-3">
      {partition.fields.map((field) => (
        <Field key={field.key} label={field.label} error={errors[`data.${field.key}`]}>
          <Control
            field={field}
            value={values[field.key] ?? ""}
            onChange={(value) => onChange({ ...values, [field.key]: value })}
          />
        </Field>
      ))}
    </div>
  );
}

function Control({
  field,
  value,
  onChange,
}: {
  field: PartitionField;
  value: string;
  onChange: (value: string) => void;
}) {
  const t = useWords();
  const members = useMembers(field.type === "user");
  if (field.type === "select" || field.type === "checkbox" || field.type === "user") {
    const options =
      field.type === "select"
        ? field.options.map((one) => ({ value: one, label: one }))
        : field.type === "user"
          ? members
          : [
              { value: "true", label: t.yes },
              { value: "false", label: t.no },
            ];
    return (
      <Select value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{t.none}</option>
        {options.map((one) => (
          <option key={one.value} value={one.value}>
            {one.label}
          </option>
        ))}
      </Select>
    );
  }
  return (
    <Input
      type={field.type === "date" ? "date" : "text"}
      inputMode={field.isPhone ? "tel" : field.type === "number" ? "decimal" : undefined}
      autoComplete="off"
      placeholder={field.type === "multi_select" ? field.options.join(", ") : undefined}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
