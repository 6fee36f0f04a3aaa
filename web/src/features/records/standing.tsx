"use client";

import { Dot, type DotTone } from "@/components/ui/badge";
import { useFormat } from "@/lib/i18n";
import type { useStandings } from "../automations/queries";
import { useWords as useRuleWords } from "../automations/words";
import { useWords } from "./words";

const TONES: Record<string, DotTone> = {
  pending: "brand",
  sent: "brand",
  delivered: "success",
  failed: "danger",
  skipped: "muted",
};
type Found = ReturnType<typeof useStandings> extends Map<string, infer One> ? One : never;

/** What a record was sent last and why not, and what is due: one line of a table or a card. */
export function Standing({ one }: { one: Found | undefined }) {
  const t = useWords();
  const rules = useRuleWords();
  const f = useFormat();
  if (!one) return <span className="text-subtle">{t.noMessages}</span>;
  const why = one.reason && (rules.reasons[one.reason] ?? one.reason);
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-1.5">
      {one.status && (
        <>
          <Dot tone={TONES[one.status] ?? "muted"} />
          <span className="truncate">
            {one.linkName} {why || rules.states[one.status]}
          </span>
        </>
      )}
      {one.nextRunAt && (
        <span className="text-muted-foreground">
          {t.due(f.dateTime(one.nextRunAt), `${(one.repeatCount ?? 0) + 1}/${one.maxRepeat ?? 1}`)}
        </span>
      )}
    </span>
  );
}
