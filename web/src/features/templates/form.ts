import type { Template } from "@/api/types";
import { variablesOf } from "@/lib/variables";
import type { KeptStep, StepText } from "../campaigns/draft";

export interface Button {
  buttonType: string;
  buttonName: string;
  linkMo?: string;
  linkPc?: string;
  linkAnd?: string;
  linkIos?: string;
}

export type Link = "linkMo" | "linkPc" | "linkAnd" | "linkIos";

/** Kakao's own name for that button, in every language. */
export const CHANNEL_NAME = "채널 추가";

/** A template as it is being written. */
export interface Form {
  channel: "sms" | "lms" | "alimtalk";
  name: string;
  folder: string;
  subject: string;
  body: string;
  buttons: Button[];
  emphasis: Template["emphasis"];
  messageType: string;
  missingPolicy: NonNullable<Template["missingPolicy"]>;
  defaults: Record<string, string>;
  formats: Record<string, string>;
  senderId: string;
}

export function blank(channel: Form["channel"], senderId = ""): Form {
  return {
    channel,
    name: "",
    folder: "",
    subject: "",
    body: "",
    buttons: [],
    emphasis: { type: "NONE", title: "", subtitle: "" },
    messageType: "BA",
    missingPolicy: "skip",
    defaults: {},
    formats: {},
    senderId,
  };
}

export function formOf(template: Template): Form {
  return {
    channel: template.channel as Form["channel"],
    name: template.name,
    folder: template.folder,
    subject: template.subject,
    body: template.body,
    buttons: template.buttons as unknown as Button[],
    emphasis: template.emphasis,
    messageType: template.messageType,
    missingPolicy: template.missingPolicy,
    defaults: template.defaults,
    formats: template.formats,
    senderId: template.senderId ?? "",
  };
}

const LINKS: Link[] = ["linkMo", "linkPc", "linkAnd", "linkIos"];

/** All variables: the text's, and those of a Kakao template's buttons and emphasis. */
export function namesOf(form: Form): string[] {
  const around =
    form.channel === "alimtalk"
      ? [
          ...form.buttons.flatMap((button) => LINKS.map((link) => button[link] ?? "")),
          form.emphasis.title ?? "",
          form.emphasis.subtitle ?? "",
        ]
      : [];
  return variablesOf([form.body, ...around].join("\n"));
}

/** Rules of variables that the text no longer has go with them; empty ones were never said. */
export function tidy(form: Form): Form {
  const named = namesOf(form);
  const keep = (rules: Record<string, string>) =>
    Object.fromEntries(Object.entries(rules).filter(([name, rule]) => rule.trim() && named.includes(name)));
  return { ...form, name: form.name.trim(), defaults: keep(form.defaults), formats: keep(form.formats) };
}

/** Only what was changed: what the vendor's console made and nobody touched is sent to nobody. */
export function changesOf(before: Form, after: Form): Partial<Form> {
  const now = tidy(after);
  return Object.fromEntries(
    Object.entries(now).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key as keyof Form]),
    ),
  );
}

const BY_FORMAT: Record<string, string> = {
  date: "2026-11-28",
  date_weekday: "2026-11-28",
  date_long: "2026-11-28",
  time: "14:30",
  number: "30000",
  won: "30000",
};

/** Something to read in a preview, in the shape that the format expects. */
export function samples(form: Form): Record<string, string> {
  const known: Record<string, string> = { 이름: "김서연", 지역: "망원동" };
  const found: Record<string, string> = {};
  for (const name of variablesOf(form.body)) {
    const sample = BY_FORMAT[form.formats[name] ?? ""] ?? known[name];
    if (sample) found[name] = sample;
  }
  return found;
}

/** The first step of a campaign that begins with it. A text may be changed there; what Kakao approved may not. */
export function stepOf(template: Template): StepText {
  const kakao = template.channel === "alimtalk";
  const kept: KeptStep = { channel: template.channel as KeptStep["channel"] };
  if (!kakao) kept.templateId = template.id;
  return {
    channel: kakao ? "alimtalk" : "sms",
    senderId: "",
    templateId: kakao ? template.id : "",
    body: kakao ? "" : template.body,
    subject: kakao ? "" : template.subject,
    kept,
  };
}

export interface Line {
  kind: "same" | "gone" | "new";
  text: string;
}

/** Line by line: the longest common run stays. Templates are a few dozen lines at most. */
export function diffLines(before: string, after: string): Line[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  const longest = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number) => longest[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    const row = longest[i] ?? [];
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: "same", text: a[i] ?? "" });
      i++;
      j++;
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: "gone", text: a[i] ?? "" });
      i++;
    } else {
      lines.push({ kind: "new", text: b[j] ?? "" });
      j++;
    }
  }
  return lines;
}
