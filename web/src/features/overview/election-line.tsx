"use client";

import { useFormat, useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import type { Election } from "./queries";

/** The header's underline is the calendar: to scale from today to election day. */
export function ElectionLine({ election, today }: { election: Election; today: string }) {
  const t = useT();
  const f = useFormat();
  const days = f.daysBetween(today, election.date);
  if (days <= 0) return null;
  const marks = [
    { date: today, label: t.overview.todayMark },
    ...election.marks.filter((m) => m.date > today && m.date < election.date).slice(0, 3),
    { date: election.date, label: t.overview.electionDay },
  ];
  return (
    <ol aria-label={t.overview.calendar} className="relative mt-5 h-12">
      <li aria-hidden className="absolute inset-x-0 top-1 h-px bg-border-strong" />
      {marks.map((mark, index) => {
        const last = index === marks.length - 1;
        return (
          <li
            key={mark.date}
            className={cn("absolute top-0 flex flex-col", last && "items-end")}
            style={last ? { right: 0 } : { left: `${(f.daysBetween(today, mark.date) / days) * 100}%` }}
          >
            <i
              aria-hidden
              className={cn(
                "mb-2 size-2.5 rounded-full border-2 border-card",
                index === 0 ? "bg-foreground" : "bg-border-strong",
              )}
            />
            <b className="text-xs font-medium">{mark.label}</b>
            <span className="text-xs whitespace-nowrap text-muted-foreground">
              {f.date(`${mark.date}T12:00:00+09:00`)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
