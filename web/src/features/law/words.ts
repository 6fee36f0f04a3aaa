"use client";

import { usePageWords } from "@/lib/page-words";
import ko, { type LawWords } from "@/messages/ko/law";

const english = () => import("@/messages/en/law");

/** The words of this page. */
export function useWords(): LawWords {
  return usePageWords(ko, english);
}
