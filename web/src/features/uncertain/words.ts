"use client";

import { usePageWords } from "@/lib/page-words";
import ko, { type UncertainWords } from "@/messages/ko/uncertain";

const english = () => import("@/messages/en/uncertain");

/** The words of this page. */
export function useWords(): UncertainWords {
  return usePageWords(ko, english);
}
