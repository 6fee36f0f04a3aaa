"use client";

import { usePageWords } from "@/lib/page-words";
import ko, { type PurposeWords } from "@/messages/ko/purposes";

const english = () => import("@/messages/en/purposes");

/** What a consent is about, in words. */
export function usePurposeWords(): PurposeWords {
  return usePageWords(ko, english);
}
