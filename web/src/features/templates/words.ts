"use client";

import { usePageWords } from "@/lib/page-words";
import ko, { type TemplateWords } from "@/messages/ko/templates";

const english = () => import("@/messages/en/templates");

/** The words of this page. */
export function useWords(): TemplateWords {
  return usePageWords(ko, english);
}
