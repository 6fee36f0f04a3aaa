import type { DataRecord, Partition, PartitionField } from "@/api/types";
import { phone } from "@/lib/format";
import type { RecordWords } from "@/messages/ko/records";

/** A value as people read it. */
export function shown(field: PartitionField, value: unknown, t: RecordWords): string {
  if (value === undefined || value === null) return "";
  if (field.type === "checkbox") return value ? t.yes : t.no;
  if (Array.isArray(value)) return value.join(", ");
  if (field.isPhone) return phone(String(value));
  if (field.type === "number") return Number(value).toLocaleString("ko-KR");
  return String(value);
}

export function titleOf(record: DataRecord, partition: Partition, t: RecordWords): string {
  const named = partition.fields.find((one) => one.isName && record.data[one.key]);
  const any = named ?? partition.fields.find((one) => record.data[one.key] !== undefined);
  return any ? shown(any, record.data[any.key], t) : t.untitled;
}

/** What a form holds for a record: texts, as inputs do. */
export function typed(record: DataRecord | null, partition: Partition): Record<string, string> {
  return Object.fromEntries(
    partition.fields.map((field) => {
      const value = record?.data[field.key];
      return [
        field.key,
        value === undefined || value === null ? "" : Array.isArray(value) ? value.join(", ") : String(value),
      ];
    }),
  );
}

/** Only what somebody changed: masked numbers never travel back. */
export function changes(
  from: Record<string, string>,
  to: Record<string, string>,
): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(to)
      .filter(([key, value]) => value !== from[key])
      .map(([key, value]) => [key, value.trim() === "" ? null : value]),
  );
}
