"use client";

import { Repeat2 } from "lucide-react";
import type { Progress } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { useFormat, useT } from "@/lib/i18n";

/** How often each step was used, and who got two; nothing for a send of one step. */
export function StepsLine({ progress }: { progress: Progress }) {
  const t = useT();
  const f = useFormat();
  if (progress.steps.length < 2) return null;
  return (
    <section aria-label={t.monitor.steps} className="flex flex-wrap items-center gap-x-4 gap-y-2">
      {progress.steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the order
        <span key={index} className="flex items-center gap-2">
          <span className="text-xs text-muted-foreground">{t.composer.stepNo(index + 1)}</span>
          <Badge>{t.contacts.channels[step.channel] ?? step.channel}</Badge>
          <b className="font-semibold">{t.monitor.tries(f.num(step.tries))}</b>
        </span>
      ))}
      {progress.overlaps > 0 && (
        <span className="flex items-center gap-1.5 text-warning">
          <Repeat2 aria-hidden className="size-4" />
          {t.monitor.overlaps(f.num(progress.overlaps))}
        </span>
      )}
    </section>
  );
}
