"use client";

import { usePageWords } from "@/lib/page-words";
import ko, { type ContactWork } from "@/messages/ko/contact-work";

const english = () => import("@/messages/en/contact-work");

/** The words of what opens over the list: conditions, exports, changes to many. */
export function useWorkWords(): ContactWork {
  return usePageWords(ko, english);
}
