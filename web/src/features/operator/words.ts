"use client";

import { usePageWords } from "@/lib/page-words";
import ko, { type OperatorWords } from "@/messages/ko/operator";

const english = () => import("@/messages/en/operator");

/** The words of this page. */
export function useWords(): OperatorWords {
  return usePageWords(ko, english);
}
