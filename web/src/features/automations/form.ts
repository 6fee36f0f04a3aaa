import type { Partition, PartitionField, Template, TemplateLink, TemplateLinkIn } from "@/api/types";
import type { AutomationWords } from "@/messages/ko/automations";

export interface Row {
  field: string;
  operator: string;
  value: string;
}

export interface Mapping {
  field: string;
  default: string;
}

/** What the dialog holds: flat rows with one join, which is all that people build by hand. */
export interface Form {
  partitionId: string;
  templateId: string;
  name: string;
  recipientField: string;
  mappings: Record<string, Mapping>;
  triggerType: "manual" | "on_create" | "on_update";
  join: "all" | "any";
  rows: Row[];
  /** A condition made through the API that rows can't show; it stays as it is. */
  nested: Record<string, unknown> | null;
  cooldownHours: string;
  repeats: boolean;
  intervalHours: string;
  maxRepeat: string;
  stop: Row;
  night: boolean;
  hours: { from: string; until: string };
  fallback: boolean;
  fallbackBody: string;
  isActive: boolean;
}

const NO_ROW: Row = { field: "", operator: "eq", value: "" };
export const EMPTY_OPS = new Set(["is_empty", "is_not_empty"]);
/** Operators with several values; a row holds them with commas between. */
export const LIST_OPS = new Set(["in", "changed_from_to"]);
export const listOf = (value: string) => value.split(",").map((part) => part.trim());

export function blank(partition: Partition): Form {
  return {
    partitionId: partition.id,
    templateId: "",
    name: "",
    recipientField: partition.fields.find((one) => one.isPhone)?.key ?? "",
    mappings: {},
    triggerType: "on_create",
    join: "all",
    rows: [],
    nested: null,
    cooldownHours: "1",
    repeats: false,
    intervalHours: "24",
    maxRepeat: "3",
    stop: { ...NO_ROW },
    night: true,
    hours: { from: "08:00", until: "21:00" },
    fallback: false,
    fallbackBody: "",
    isActive: true,
  };
}

function rowOf(node: Record<string, unknown>): Row | null {
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

/** Rows and their join, or null where the condition is deeper than rows are. */
export function rowsOf(
  condition: Record<string, unknown> | null,
): { join: "all" | "any"; rows: Row[] } | null {
  if (!condition) return { join: "all", rows: [] };
  const single = rowOf(condition);
  if (single) return { join: "all", rows: [single] };
  const join = "all" in condition ? "all" : "any" in condition ? "any" : null;
  const children = join ? condition[join] : null;
  if (!join || !Array.isArray(children)) return null;
  const rows = children.map((one) => rowOf(one as Record<string, unknown>));
  return rows.every((one) => one !== null) ? { join, rows: rows as Row[] } : null;
}

export function formOf(link: TemplateLink, partition: Partition): Form {
  const found = rowsOf(link.triggerCondition);
  const repeat = link.repeatConfig as {
    intervalHours: number;
    maxRepeat: number;
    stopCondition: never;
  } | null;
  return {
    ...blank(partition),
    templateId: link.templateId,
    name: link.name,
    recipientField: link.recipientField,
    mappings: Object.fromEntries(
      Object.entries(link.variableMappings).map(([name, one]) => [
        name,
        { field: String(one.field ?? ""), default: String(one.default ?? "") },
      ]),
    ),
    triggerType: link.triggerType,
    join: found?.join ?? "all",
    rows: found?.rows ?? [],
    nested: found ? null : link.triggerCondition,
    cooldownHours: String(link.cooldownHours),
    repeats: repeat !== null,
    intervalHours: String(repeat?.intervalHours ?? 24),
    maxRepeat: String(repeat?.maxRepeat ?? 3),
    stop: (repeat && rowOf(repeat.stopCondition)) ?? { ...NO_ROW },
    night: link.sendWindow !== null,
    hours: link.sendWindow ?? { from: "08:00", until: "21:00" },
    fallback: link.fallback !== null,
    fallbackBody: String(link.fallback?.body ?? ""),
    isActive: link.isActive,
  };
}

function conditionOf(row: Row, field: PartitionField | undefined): Record<string, unknown> {
  if (EMPTY_OPS.has(row.operator)) return { field: row.field, operator: row.operator };
  if (LIST_OPS.has(row.operator))
    return { field: row.field, operator: row.operator, value: listOf(row.value).filter(Boolean) };
  const value = field?.type === "checkbox" ? row.value === "true" : row.value;
  return { field: row.field, operator: row.operator, value };
}

function isWhole(row: Row): boolean {
  if (row.operator === "changed_from_to") return listOf(row.value).filter(Boolean).length === 2;
  return row.field !== "" && (EMPTY_OPS.has(row.operator) || row.value !== "");
}

export function hasStop(form: Form): boolean {
  return isWhole(form.stop);
}

export function bodyOf(form: Form, partition: Partition): TemplateLinkIn {
  const field = (key: string) => partition.fields.find((one) => one.key === key);
  const rows = form.rows.filter(isWhole).map((row) => conditionOf(row, field(row.field)));
  const flat = rows.length > 1 ? { [form.join]: rows } : (rows[0] ?? null);
  return {
    partitionId: form.partitionId,
    templateId: form.templateId,
    name: form.name.trim(),
    recipientField: form.recipientField,
    variableMappings: form.mappings,
    triggerType: form.triggerType,
    triggerCondition: form.triggerType === "manual" ? null : (form.nested ?? flat),
    repeatConfig:
      form.repeats && form.triggerType !== "manual"
        ? {
            intervalHours: Number(form.intervalHours) || 0,
            maxRepeat: Math.trunc(Number(form.maxRepeat)) || 0,
            stopCondition: hasStop(form) ? conditionOf(form.stop, field(form.stop.field)) : null,
          }
        : null,
    cooldownHours: Number(form.cooldownHours) || 0,
    isActive: form.isActive,
    sendWindow: form.night ? form.hours : null,
    fallback: form.fallback ? { channel: "sms", body: form.fallbackBody.trim() } : null,
  } as TemplateLinkIn;
}

/** Variables of a template, each with the field that is called like it. */
export function mapped(template: Template, partition: Partition, held: Record<string, Mapping>) {
  return Object.fromEntries(
    template.variables.map((name) => {
      const like =
        partition.fields.find((one) => one.key === name || one.label === name) ??
        (name === "이름" ? partition.fields.find((one) => one.isName) : undefined);
      return [name, held[name] ?? { field: like?.key ?? "", default: "" }];
    }),
  );
}

/** The rule as a sentence; what can be changed in it stands in {braces}. */
export function sentenceOf(form: Form, partition: Partition, template: string, t: AutomationWords): string {
  const label = (key: string) => partition.fields.find((one) => one.key === key)?.label ?? key;
  const worded = (row: Row, last: boolean) => t.say.is(label(row.field), row.operator, row.value, last);
  const rows = form.rows.filter(isWhole);
  const conditions = rows.map((row, n) => {
    const last = n === rows.length - 1 || form.join === "any";
    return (n > 0 && form.join === "any" ? t.say.or : "") + worded(row, last);
  });
  const plain = rows.length === 0;
  let said = "";
  if (form.triggerType === "manual") said = t.say.manual(partition.name);
  else if (form.triggerType === "on_create")
    said = plain ? t.say.createdPlain(partition.name) : t.say.created(partition.name);
  else said = plain ? t.say.updatedPlain(partition.name) : t.say.updated(partition.name);
  if (form.triggerType !== "manual") said += conditions.join("");
  if (!template) return said + t.say.nothing;
  said += t.say.sends(label(form.recipientField), template);
  if (form.triggerType !== "manual") {
    if (form.repeats && hasStop(form))
      said += t.say.repeats(form.intervalHours, form.maxRepeat, worded(form.stop, true));
    if (Number(form.cooldownHours) > 0) said += t.say.cooldown(form.cooldownHours);
  }
  if (form.fallback) said += t.say.fallback;
  return said;
}
