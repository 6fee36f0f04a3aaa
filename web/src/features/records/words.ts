"use client";

import { usePageWords } from "@/lib/page-words";
import ko, { type RecordWords } from "@/messages/ko/records";

const english = () => import("@/messages/en/records");

/** The words of this page. */
export function useWords(): RecordWords {
  return usePageWords(ko, english);
}
