"use client";

import { Clock } from "lucide-react";
import { useT } from "@/lib/i18n";
import type { SendWindow } from "./draft";

/** "보내는 시간대 09:00~20:00 (한국 시간)". */
export function WindowLine({ hours, className }: { hours: SendWindow; className?: string }) {
  const t = useT();
  return (
    <p className={className}>
      <Clock aria-hidden className="mr-1.5 inline size-4 align-text-bottom text-muted-foreground" />
      {t.composer.windowLine(hours.from, hours.until)}
    </p>
  );
}
