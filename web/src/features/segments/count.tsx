"use client";

import { num } from "@/lib/format";
import { cn } from "@/lib/utils";
import type { SegmentWords } from "@/messages/ko/segments";
import { useBuilder } from "./builder-context";
import type { Total } from "./counting";

/** A number that stopped counting says so: "10만+". */
export function totalText(total: Total, w: SegmentWords): string {
  return w.people(total.relation === "gte" ? w.capped(total.value) : num(total.value));
}

/** How many match this alone, and how much of the book that is. */
export function Count({ id, bar }: { id: string; bar?: boolean }) {
  const { countOf, counting, all, w } = useBuilder();
  const total = countOf(id);
  const share = total && all && all.value > 0 ? Math.min(1, total.value / all.value) : 0;
  return (
    <span aria-busy={counting(id)} className="busy-bar flex min-w-16 flex-col items-end gap-1 px-1">
      <span
        className={cn(
          "text-sm whitespace-nowrap",
          total?.value === 0 ? "text-warning" : "text-muted-foreground",
        )}
      >
        {total ? totalText(total, w) : counting(id) ? "…" : "–"}
      </span>
      {bar && (
        <span aria-hidden className="h-[3px] w-16 overflow-hidden rounded-full bg-secondary">
          <i
            className="block h-full origin-left rounded-full bg-brand/60"
            style={{ transform: `scaleX(${share})` }}
          />
        </span>
      )}
    </span>
  );
}
