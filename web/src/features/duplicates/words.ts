"use client";

import { useLocale } from "@/lib/i18n";
import * as en from "./words.en";

interface Evidence {
  code: string;
  label: string;
  years: number | null;
}

/** The server says everything in Korean; English is looked up by code, and Korean stands in for what it lacks. */
export function useWords() {
  const english = useLocale().locale === "en";
  const pick = (table: Record<string, string>, code: string, label: string) =>
    english ? (table[code] ?? label) : label;
  return {
    reason: (pair: { reason: string; label: string }) =>
      english ? (en.REASONS[pair.reason]?.[0] ?? pair.label) : pair.label,
    question: (pair: { reason: string; question: string }) =>
      english ? (en.REASONS[pair.reason]?.[1] ?? pair.question) : pair.question,
    group: (group: { group: string; label: string }) => pick(en.GROUPS, group.group, group.label),
    evidence: (one: Evidence) =>
      pick(en.EVIDENCE, one.code, one.label).replace("{years}", String(one.years ?? "")),
    rule: (field: { rule: string; ruleLabel: string }) => pick(en.RULES, field.rule, field.ruleLabel),
    joints: (codes: string[], labels: string[]) =>
      english ? codes.map((code) => en.JOINTS[code] ?? code) : labels,
  };
}
