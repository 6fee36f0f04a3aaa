"use client";

import { usePageWords } from "@/lib/page-words";
import ko, { type Limits } from "@/messages/ko/limits";

const english = () => import("@/messages/en/limits");

/** The words of these pages. */
export function useWords(): Limits {
  return usePageWords(ko, english);
}
