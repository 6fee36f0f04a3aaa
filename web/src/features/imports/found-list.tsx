"use client";

import { CircleAlert, EyeOff, type LucideIcon, Sparkles, WandSparkles } from "lucide-react";
import type { Forecast, PreviewRow } from "@/api/types";
import { useFormat, useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import { type CellState, foundIn } from "./cells";
import { GROUND } from "./preview-cell";

const ICON: Partial<Record<CellState, LucideIcon>> = {
  fixed: WandSparkles,
  interpreted: Sparkles,
  bad: CircleAlert,
  hidden: EyeOff,
};
const TONE: Partial<Record<CellState, string>> = { fixed: "text-success", interpreted: "text-warning" };

/** What is unusual in the file and what is done about it; numbers come with the dry run, which reads every row. */
export function FoundList({ rows, forecast }: { rows: PreviewRow[]; forecast: Forecast | null | undefined }) {
  const t = useT();
  const f = useFormat();
  const counts = new Map(forecast?.problems?.map((one) => [one.code, one]));
  const fixed = new Map(forecast?.fixes?.map((one) => [one.note, one.count]));
  const found = foundIn(rows).map((one) => ({
    ...one,
    count: counts.get(one.note)?.count ?? fixed.get(one.note),
    hint: t.imports.notes[one.note] ?? one.message,
  }));
  const seen = new Set(found.map((one) => one.note));
  for (const one of counts.values()) {
    if (seen.has(one.code)) continue;
    const hint = t.imports.notes[one.code] ?? one.message;
    found.push({ note: one.code, state: "bad", message: one.message, hint, count: one.count } as never);
  }
  const done = forecast?.state === "ready";
  return (
    <section aria-labelledby="import-found" className="min-w-0">
      <h2 id="import-found" className="mb-2 flex flex-wrap items-baseline gap-x-2 font-semibold">
        {t.imports.foundTitle}
        <span className="text-xs font-normal text-muted-foreground">
          {done ? t.imports.foundAll(f.num(forecast.rows ?? 0)) : t.imports.foundSome}
        </span>
      </h2>
      {found.length === 0 ? (
        <p className="py-2 text-muted-foreground">{t.imports.problemsNone}</p>
      ) : (
        <ul>
          {found.map((one) => {
            const Icon = ICON[one.state] ?? CircleAlert;
            return (
              <li
                key={one.note}
                className="flex min-h-[38px] items-center gap-3 border-b py-1.5 last:border-b-0"
              >
                <span
                  aria-hidden
                  className={cn(
                    "flex size-6 shrink-0 items-center justify-center rounded-md",
                    GROUND[one.state],
                    TONE[one.state],
                  )}
                >
                  <Icon className="size-3.5" />
                </span>
                <span className="min-w-0 flex-1">
                  <b className="mr-2 font-medium">{t.imports.kinds[one.note] ?? one.message}</b>
                  <span className="text-xs text-muted-foreground">{one.hint}</span>
                </span>
                {one.count !== undefined && <b className="shrink-0 font-semibold">{f.num(one.count)}</b>}
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
