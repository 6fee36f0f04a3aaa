"use client";

import { usePageWords } from "@/lib/page-words";
import ko, { type LawListsWords } from "@/messages/ko/law-lists";

const english = () => import("@/messages/en/law-lists");

/** The words of the cards about people and lists. */
export function useListWords(): LawListsWords {
  return usePageWords(ko, english);
}
