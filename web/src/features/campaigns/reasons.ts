"use client";

import { useT } from "@/lib/i18n";

/** A reason in words; an unknown code is shown inside a sentence, never alone. */
export function useReasonText(): (reason: string) => string {
  const t = useT();
  return (reason) => t.campaigns.reasons[reason] ?? t.campaigns.reasonUnknown(reason);
}
