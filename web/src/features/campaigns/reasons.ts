"use client";

import { useLocale, useT } from "@/lib/i18n";

/** A reason in words; the server's Korean label stands in where ours has none, and a bare code never stands alone. */
export function useReasonText(): (reason: string, label?: string) => string {
  const t = useT();
  const { locale } = useLocale();
  return (reason, label) => {
    const known = t.campaigns.reasons[reason];
    if (known) return known;
    if (label && label !== reason && locale === "ko") return label;
    return t.campaigns.reasonUnknown(reason);
  };
}
