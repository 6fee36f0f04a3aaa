"use client";

import type { RecentRow } from "@/api/types";
import { Dot, type DotTone } from "@/components/ui/badge";
import { useFormat, useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import { useRecent } from "./queries";

const TONE: Record<string, DotTone> = {
  created: "chart-1",
  merged: "chart-2",
  updated: "chart-2",
  unchanged: "muted",
  skipped: "muted",
  rejected: "danger",
  review: "warning",
};

/** The last rows that went in. Not read out: one polite message per quarter says enough. */
export function RecentRows({ id }: { id: string }) {
  const t = useT();
  const rows = useRecent(id).data ?? [];
  return (
    <section aria-label={t.imports.recentTitle} className="min-w-0 rounded-lg border bg-card shadow-card">
      <h2 className="flex items-center gap-3 border-b px-4 py-2.5 font-semibold">
        {t.imports.recentTitle}
        <span className="ml-auto text-xs font-normal text-muted-foreground">{t.imports.recentMasked}</span>
      </h2>
      {rows.length === 0 ? (
        <p className="px-4 py-6 text-center text-muted-foreground">{t.imports.recentNone}</p>
      ) : (
        <ul aria-live="off">
          {rows.map((row, at) => (
            <Line key={row.row} row={row} newest={at === 0} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Line({ row, newest }: { row: RecentRow; newest: boolean }) {
  const t = useT();
  const f = useFormat();
  return (
    <li
      className={cn(
        "flex min-h-9 flex-wrap items-center gap-x-4 border-b px-4 py-1.5 last:border-b-0",
        newest && "bg-brand-soft/60",
      )}
    >
      <span className="w-16 text-xs text-muted-foreground">{f.num(row.row)}</span>
      <span className={cn("w-24 truncate", !row.name && "text-muted-foreground")}>
        {row.name || t.contacts.noName}
      </span>
      <span className="w-32 text-muted-foreground">{row.phone}</span>
      <span className="flex items-center gap-1.5">
        <Dot tone={TONE[row.outcome] ?? "muted"} square />
        {t.imports.rowOutcomes[row.outcome] ?? row.outcome}
      </span>
      <span className="ml-auto truncate text-xs text-muted-foreground max-md:hidden">
        {row.code && (t.imports.kinds[row.code] ?? "")}
      </span>
    </li>
  );
}
