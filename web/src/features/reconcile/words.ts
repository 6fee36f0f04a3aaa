"use client";

import { usePageWords } from "@/lib/page-words";
import ko, { type Books } from "@/messages/ko/books";

const english = () => import("@/messages/en/books");

/** The words of these pages. */
export function useBooks(): Books {
  return usePageWords(ko, english);
}
