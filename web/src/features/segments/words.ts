"use client";

import { usePageWords } from "@/lib/page-words";
import ko, { type SegmentWords } from "@/messages/ko/segments";

const english = () => import("@/messages/en/segments");

/** The words of these pages. */
export function useWords(): SegmentWords {
  return usePageWords(ko, english);
}
