"use client";

import { Rich, useFormat, useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import { useQuota } from "../session/queries";
import type { Draft } from "./draft";
import { useAudienceCount } from "./queries";

/** How many are chosen and what the month still allows, while the text is being written; the check counts both anew. */
export function FootFigures({ draft, className }: { draft: Draft; className?: string }) {
  const t = useT();
  const f = useFormat();
  const quota = useQuota().data;
  const byIds = "contactIds" in draft.audience ? draft.audience.contactIds.length : null;
  const counted = useAudienceCount("filter" in draft.audience ? draft.audience.filter : null).data;
  const people = byIds ?? counted?.count;
  if (people === undefined) return null;
  const left = quota && quota.limit !== null ? Math.max(0, quota.limit - quota.used - quota.reserved) : null;
  return (
    <p className={cn("flex items-center gap-5 text-xs text-muted-foreground", className)}>
      <span>
        <Rich text={t.composer.footPeople(`${f.num(people)}${counted?.relation === "gte" ? "+" : ""}`)} />
      </span>
      {left !== null && (
        <span className={cn(people > left && "text-warning")}>
          <Rich text={t.composer.footLeft(f.num(left))} />
        </span>
      )}
    </p>
  );
}
