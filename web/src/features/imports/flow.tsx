"use client";

import type { ReactNode } from "react";
import type { Import } from "@/api/types";
import { Skeleton } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";

export const OUTCOMES = ["created", "merged", "review", "rejected"] as const;
export type Outcome = (typeof OUTCOMES)[number];

const COLOUR: Record<Outcome, { text: string; fill: string; edge: string }> = {
  created: { text: "text-chart-1", fill: "bg-chart-1", edge: "border-t-chart-1" },
  merged: { text: "text-chart-2", fill: "bg-chart-2", edge: "border-t-chart-2" },
  review: { text: "text-warning", fill: "bg-warning", edge: "border-t-warning" },
  rejected: { text: "text-destructive", fill: "bg-destructive", edge: "border-t-destructive" },
};

/** Rows by what became of them: these three add up to the rows read. `review` counts pairs, not rows. */
export function countsOf(
  one: Pick<Import, "created" | "updated" | "merged" | "skipped" | "review" | "rejected">,
): Record<Outcome, number> {
  return {
    created: one.created,
    merged: one.merged + one.updated + one.skipped,
    review: one.review,
    rejected: one.rejected,
  };
}

const WIDTH = 1000;
const RIBBON = 54;
const GAP = 9;
const LEAST = 3;

/** Where each part of the bar lies, with at least three pixels for whatever is there at all. */
export function segments(counts: Record<Outcome, number>, total: number): Record<Outcome, [number, number]> {
  const sizes = OUTCOMES.map((key) => {
    if (key === "review") return 0; // its rows lie in the others
    const size = total > 0 ? (counts[key] / total) * WIDTH : 0;
    return counts[key] > 0 ? Math.max(LEAST, size) : 0;
  });
  const sum = sizes.reduce((a, b) => a + b, 0);
  const squeeze = sum > WIDTH ? WIDTH / sum : 1;
  let at = 0;
  const found = {} as Record<Outcome, [number, number]>;
  OUTCOMES.forEach((key, i) => {
    const size = (sizes[i] ?? 0) * squeeze;
    found[key] = [at, at + size];
    at += size;
  });
  return found;
}

interface Props {
  counts: Record<Outcome, number>;
  /** All rows of the file; what is not yet read is hatched. */
  total: number;
  cards: Record<Outcome, { hint: ReactNode; action?: ReactNode }>;
}

/** What became of every row: one bar to scale, flowing into four cards with the numbers. */
export function Flow({ counts, total, cards }: Props) {
  const t = useT();
  const f = useFormat();
  const done = counts.created + counts.merged + counts.rejected;
  const places = segments(counts, total);
  const end = places.rejected[1];
  const card = (WIDTH - 3 * GAP) / 4;
  return (
    <div>
      <div className="relative h-3 overflow-hidden rounded-sm bg-muted max-md:mb-4">
        <span
          aria-hidden
          className="hatched absolute inset-y-0 right-0 text-border-strong"
          style={{ left: `${(end / WIDTH) * 100}%` }}
        />
        {OUTCOMES.map((key) => (
          <span
            key={key}
            aria-hidden
            className={cn("absolute inset-y-0 border-r-2 border-card", COLOUR[key].fill)}
            style={{
              left: `${(places[key][0] / WIDTH) * 100}%`,
              width: `${((places[key][1] - places[key][0]) / WIDTH) * 100}%`,
            }}
          />
        ))}
      </div>
      <svg
        aria-hidden
        viewBox={`0 0 ${WIDTH} ${RIBBON}`}
        preserveAspectRatio="none"
        className="block h-[54px] w-full max-md:hidden"
      >
        <defs>
          {OUTCOMES.map((key) => (
            <linearGradient
              key={key}
              id={`flow-${key}`}
              x1="0"
              y1="0"
              x2="0"
              y2="1"
              className={COLOUR[key].text}
            >
              <stop offset="0" stopColor="currentColor" stopOpacity="0.26" />
              <stop offset="1" stopColor="currentColor" stopOpacity="0.1" />
            </linearGradient>
          ))}
        </defs>
        {OUTCOMES.map((key, index) => {
          const [from, to] = places[key];
          if (to - from <= 0) return null;
          const left = index * (card + GAP);
          const right = left + card;
          const mid = RIBBON / 2;
          return (
            <path
              key={key}
              fill={`url(#flow-${key})`}
              d={`M${from},0C${from},${mid} ${left},${mid} ${left},${RIBBON}L${right},${RIBBON}C${right},${mid} ${to},${mid} ${to},0Z`}
            />
          );
        })}
      </svg>
      <dl className="grid grid-cols-4 gap-[9px] max-md:grid-cols-2">
        {OUTCOMES.map((key) => (
          <div
            key={key}
            className={cn(
              "flex flex-col rounded-b-lg border border-t-2 bg-card px-4 pt-3 pb-3.5 shadow-card max-md:rounded-lg",
              COLOUR[key].edge,
            )}
          >
            <dt className="text-xs text-muted-foreground">{t.imports.outcomes[key]}</dt>
            <dd className="flex flex-1 flex-col">
              <span className="flex items-baseline gap-2">
                <b className="text-xl font-semibold">{f.num(counts[key])}</b>
                <span className="text-xs text-muted-foreground">
                  {key === "review" ? t.imports.pairs : done > 0 && f.percent(counts[key], done)}
                </span>
              </span>
              <span className="text-xs text-muted-foreground">{cards[key].hint}</span>
              {cards[key].action && <span className="mt-auto pt-3">{cards[key].action}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

export function FlowSkeleton() {
  return (
    <div aria-hidden>
      <Skeleton className="h-3 w-full" />
      <div className="mt-14 grid grid-cols-4 gap-2 max-md:grid-cols-2">
        {OUTCOMES.map((key) => (
          <Skeleton key={key} className="h-24 rounded-lg" />
        ))}
      </div>
    </div>
  );
}
