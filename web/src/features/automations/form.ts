import type { Partition, Template, TemplateLink, TemplateLinkIn } from "@/api/types";
import type { AutomationWords } from "@/messages/ko/automations";
import { conditionOf, groupOf, isWhole, type Node, newRow, type Row, rowOf, wordsOf } from "./condition";

export interface Mapping {
  field: string;
  default: string;
}

/** What the dialog holds. */
export interface Form {
  partitionId: string;
  templateId: string;
  name: string;
  recipientField: string;
  mappings: Record<string, Mapping>;
  triggerType: "manual" | "on_create" | "on_update";
  join: "all" | "any";
  rows: Node[];
  /** A condition made through the API that rows and groups can't show; it stays as it is. */
  nested: Record<string, unknown> | null;
  cooldownHours: string;
  repeats: boolean;
  intervalHours: string;
  maxRepeat: string;
  stop: Row;
  /** The same for the end of a repeat. */
  stopNested: Record<string, unknown> | null;
  night: boolean;
  hours: { from: string; until: string };
  fallback: boolean;
  fallbackBody: string;
  fallbackChannel: string;
  fallbackSender: string;
  fallbackSubject: string;
  fallbackMinutes: string;
  /** Which failures: made through the API, kept as it is. */
  fallbackOn: unknown;
  /** Hours; "" however late. */
  notAfter: string;
  isActive: boolean;
}

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
    stop: newRow(),
    stopNested: null,
    night: true,
    hours: { from: "08:00", until: "21:00" },
    fallback: false,
    fallbackBody: "",
    fallbackChannel: "sms",
    fallbackSender: "",
    fallbackSubject: "",
    fallbackMinutes: "0",
    fallbackOn: null,
    notAfter: "",
    isActive: true,
  };
}

export function formOf(link: TemplateLink, partition: Partition): Form {
  const found = groupOf(link.triggerCondition);
  const repeat = link.repeatConfig as {
    intervalHours: number;
    maxRepeat: number;
    stopCondition: Record<string, unknown>;
  } | null;
  const stop = repeat && rowOf(repeat.stopCondition);
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
    stop: stop ?? newRow(),
    stopNested: repeat && !stop ? repeat.stopCondition : null,
    night: link.sendWindow !== null,
    hours: link.sendWindow ?? { from: "08:00", until: "21:00" },
    fallback: link.fallback !== null,
    fallbackBody: String(link.fallback?.body ?? ""),
    fallbackChannel: String(link.fallback?.channel ?? "sms"),
    fallbackSender: String(link.fallback?.senderId ?? ""),
    fallbackSubject: String(link.fallback?.subject ?? ""),
    fallbackMinutes: String(Number(link.fallback?.afterSeconds ?? 0) / 60),
    fallbackOn: link.fallback?.fallbackOn ?? null,
    notAfter: link.notAfterHours ? String(link.notAfterHours) : "",
    isActive: link.isActive,
  };
}

export function hasStop(form: Form): boolean {
  return form.stopNested !== null || isWhole(form.stop);
}

export function bodyOf(form: Form, partition: Partition): TemplateLinkIn {
  return {
    partitionId: form.partitionId,
    templateId: form.templateId,
    name: form.name.trim(),
    recipientField: form.recipientField,
    variableMappings: form.mappings,
    triggerType: form.triggerType,
    triggerCondition: form.triggerType === "manual" ? null : (form.nested ?? conditionOf(form, partition)),
    repeatConfig:
      form.repeats && form.triggerType !== "manual"
        ? {
            intervalHours: Number(form.intervalHours) || 0,
            maxRepeat: Math.trunc(Number(form.maxRepeat)) || 0,
            stopCondition: form.stopNested ?? conditionOf(form.stop, partition),
          }
        : null,
    cooldownHours: Number(form.cooldownHours) || 0,
    isActive: form.isActive,
    sendWindow: form.night ? form.hours : null,
    fallback: form.fallback
      ? {
          channel: form.fallbackChannel,
          body: form.fallbackBody.trim(),
          subject: form.fallbackChannel === "lms" ? form.fallbackSubject.trim() : "",
          senderId: form.fallbackSender || null,
          fallbackOn: form.fallbackOn,
          afterSeconds: Math.round(Number(form.fallbackMinutes) * 60) || 0,
        }
      : null,
    notAfterHours: Number(form.notAfter) || null,
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
  const plain = !form.nested && !isWhole(form);
  let said = "";
  if (form.triggerType === "manual") said = t.say.manual(partition.name);
  else if (form.triggerType === "on_create")
    said = plain ? t.say.createdPlain(partition.name) : t.say.created(partition.name);
  else said = plain ? t.say.updatedPlain(partition.name) : t.say.updated(partition.name);
  if (form.triggerType !== "manual") said += form.nested ? t.say.special : wordsOf(form, true, partition, t);
  if (!template) return said + t.say.nothing;
  said += t.say.sends(label(form.recipientField), template);
  if (form.triggerType !== "manual") {
    if (form.repeats && hasStop(form))
      said += t.say.repeats(
        form.intervalHours,
        form.maxRepeat,
        form.stopNested ? t.say.special : wordsOf(form.stop, true, partition, t),
      );
    if (Number(form.cooldownHours) > 0) said += t.say.cooldown(form.cooldownHours);
    if (Number(form.notAfter) > 0) said += t.say.late(form.notAfter);
  }
  if (form.fallback) said += t.say.fallback;
  return said;
}
