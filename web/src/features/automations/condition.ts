import type { Partition, PartitionField } from "@/api/types";
import type { AutomationWords } from "@/messages/ko/automations";

export interface Row {
  field: string;
  operator: string;
  value: string;
}

/** Rows and groups under one "and" or "or". */
export interface Group {
  join: "all" | "any";
  rows: Node[];
}

export type Node = Row | Group;
type Json = Record<string, unknown>;

export const isGroup = (node: Node): node is Group => "rows" in node;
export const newRow = (): Row => ({ field: "", operator: "eq", value: "" });
/** As deep as the server reads. */
export const MAX_DEPTH = 4;
export const EMPTY_OPS = new Set(["is_empty", "is_not_empty"]);
/** Operators with several values; a row holds them with commas between. */
export const LIST_OPS = new Set(["in", "changed_from_to"]);
export const listOf = (value: string) => value.split(",").map((part) => part.trim());

export function rowOf(node: Json): Row | null {
  if (typeof node.field !== "string" || typeof node.operator !== "string") return null;
  if (Array.isArray(node.value)) {
    const values = node.value.map(String);
    if (!LIST_OPS.has(node.operator) || values.some((one) => one.includes(","))) return null;
    return { field: node.field, operator: node.operator, value: values.join(", ") };
  }
  return {
    field: node.field,
    operator: node.operator,
    value: node.value === undefined ? "" : String(node.value),
  };
}

function nodeOf(condition: Json): Node | null {
  const join = "all" in condition ? "all" : "any" in condition ? "any" : null;
  if (!join) return rowOf(condition);
  const children = condition[join];
  if (!Array.isArray(children)) return null;
  const rows = children.map((one) => nodeOf(one as Json));
  return rows.every((one) => one !== null) ? { join, rows: rows as Node[] } : null;
}

/** As the dialog shows it, or null where it says something that rows and groups can't ("not"). */
export function groupOf(condition: Json | null): Group | null {
  if (!condition) return { join: "all", rows: [] };
  const found = nodeOf(condition);
  return found && !isGroup(found) ? { join: "all", rows: [found] } : found;
}

export function isWhole(node: Node): boolean {
  if (isGroup(node)) return node.rows.some(isWhole);
  if (node.operator === "changed_from_to") return listOf(node.value).filter(Boolean).length === 2;
  return node.field !== "" && (EMPTY_OPS.has(node.operator) || node.value !== "");
}

const fieldOf = (partition: Partition, key: string) => partition.fields.find((one) => one.key === key);

export function rowCondition(row: Row, field: PartitionField | undefined): Json {
  if (EMPTY_OPS.has(row.operator)) return { field: row.field, operator: row.operator };
  if (LIST_OPS.has(row.operator))
    return { field: row.field, operator: row.operator, value: listOf(row.value).filter(Boolean) };
  const value = field?.type === "checkbox" ? row.value === "true" : row.value;
  return { field: row.field, operator: row.operator, value };
}

/** What is whole of it, as the API takes it. */
export function conditionOf(node: Node, partition: Partition): Json | null {
  if (!isWhole(node)) return null;
  if (!isGroup(node)) return rowCondition(node, fieldOf(partition, node.field));
  const children = node.rows.map((one) => conditionOf(one, partition)).filter((one) => one !== null);
  return children.length > 1 ? { [node.join]: children } : (children[0] ?? null);
}

/** In words: "상태가 신규이고 (…) ". */
export function wordsOf(node: Node, last: boolean, partition: Partition, t: AutomationWords): string {
  if (!isGroup(node)) {
    const field = fieldOf(partition, node.field);
    const value =
      field?.type === "checkbox"
        ? (t.say.truth[node.value] ?? node.value)
        : field?.type === "user"
          ? t.say.someone
          : node.value;
    return t.say.is(field?.label ?? node.field, node.operator, value, last);
  }
  const rows = node.rows.filter(isWhole);
  return rows
    .map((one, n) => {
      const before = rows[n - 1];
      const glue = !before ? "" : node.join === "any" ? t.say.or : isGroup(before) ? t.say.and : "";
      const ends = n === rows.length - 1 || node.join === "any";
      const said = wordsOf(one, ends, partition, t);
      return glue + (isGroup(one) && one.rows.filter(isWhole).length > 1 ? `(${said.trim()}) ` : said);
    })
    .join("");
}
