"use client";

import { usePageWords } from "@/lib/page-words";
import ko from "@/messages/ko/automation-dialog";
import { useWords as useRuleWords } from "./words";

const english = () => import("@/messages/en/automation-dialog");

/** The words of rules, and those of their dialog: they come with it. */
export function useWords() {
  const dialog = usePageWords(ko, english);
  return { ...useRuleWords(), dialog };
}
