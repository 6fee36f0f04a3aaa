"use client";

import { usePageWords } from "@/lib/page-words";
import ko, { type AutomationWords } from "@/messages/ko/automations";

const english = () => import("@/messages/en/automations");

/** The words of this page. */
export function useWords(): AutomationWords {
  return usePageWords(ko, english);
}
