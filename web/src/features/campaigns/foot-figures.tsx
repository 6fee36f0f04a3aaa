"use client";

import { useState } from "react";
import { Rich, useFormat, useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import { useQuota } from "../session/queries";
import type { Draft } from "./draft";
import { useAudienceCount } from "./queries";
import { useWeighedDraft, weighable } from "./use-weight";

/**
 * How many are chosen, what it would cost and take, and what the month still allows, while the text is being written; the check
 * counts all of it anew. Of several texts only the first is weighed here: what the others cost isn't known yet.
 */
export function FootFigures({ draft, className }: { draft: Draft; className?: string }) {
  const t = useT();
  const f = useFormat();
  const quota = useQuota().data;
  const byIds = "contactIds" in draft.audience ? draft.audience.contactIds.length : null;
  const counted = useAudienceCount("filter" in draft.audience ? draft.audience.filter : null).data;
  const people = byIds ?? counted?.count;
  // Figures of a moment ago stay until the new ones have come: they would flicker at every pause in typing.
  const found = useWeighedDraft(draft);
  const [kept, keep] = useState(found);
  if (found && found !== kept) keep(found);
  if (people === undefined) return null;
  const weighed = weighable(draft) === null ? null : (found ?? kept);
  const cost = (draft.variants?.length ?? 0) > 0 ? null : weighed?.cost;
  const left = quota && quota.limit !== null ? Math.max(0, quota.limit - quota.used - quota.reserved) : null;
  return (
    <p className={cn("flex items-center gap-5 text-xs text-muted-foreground", className)}>
      <span>
        <Rich text={t.composer.footPeople(`${f.num(people)}${counted?.relation === "gte" ? "+" : ""}`)} />
      </span>
      {cost && (
        <span>
          <Rich
            text={t.composer.footCost(
              cost.min === cost.max ? t.common.won(cost.max) : t.common.atMost(t.common.won(cost.max)),
            )}
          />
        </span>
      )}
      {weighed && weighed.seconds !== null && (
        <span>
          <Rich text={t.composer.footTime(f.duration(weighed.seconds))} />
        </span>
      )}
      {left !== null && (
        <span className={cn(people > left && "text-warning")}>
          <Rich text={t.composer.footLeft(f.num(left))} />
        </span>
      )}
    </p>
  );
}
