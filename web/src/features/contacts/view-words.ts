"use client";

import { usePageWords } from "@/lib/page-words";
import ko, { type ContactView } from "@/messages/ko/contact-view";

const english = () => import("@/messages/en/contact-view");

/** The words of one person: the line of time, notes, changes, consents, requests. */
export function useViewWords(): ContactView {
  return usePageWords(ko, english);
}
