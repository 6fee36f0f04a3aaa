"use client";

import type { OpenRows } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { useFormat, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { useReasonText } from "../campaigns/reasons";
import { useBooks } from "./words";

const AGES = ["hour", "day", "threeDays", "older"] as const;

function Next({ row }: { row: OpenRows }) {
  const t = useT();
  const b = useBooks();
  const f = useFormat();
  const reasonText = useReasonText();
  const why =
    row.waitsFor === "hold"
      ? (t.monitor.heldReasons[row.why] ?? reasonText(row.why, row.whyLabel))
      : row.why && reasonText(row.why, row.whyLabel);
  return (
    <p className="text-xs text-muted-foreground">
      {b.waits[row.waitsFor] ?? row.waitsLabel}
      {why && ` (${why})`}
      {row.nextAt
        ? ` · ${b.nextAt(f.dateTime(row.nextAt))}`
        : ["turn", "answer", "poll"].includes(row.waitsFor) && ` · ${b.soon}`}
      {row.presumedAt && ` · ${b.presumedAt(f.dateTime(row.presumedAt))}`}
      {row.units > 0 && ` · ${b.kept(row.units)}`}
    </p>
  );
}

/** People who wait for the same thing, one line each: how many, how long, and what comes next by itself. */
export function OpenList({ rows, named = false }: { rows: OpenRows[]; named?: boolean }) {
  const t = useT();
  const b = useBooks();
  const f = useFormat();
  return (
    <ul aria-label={b.openRows}>
      {rows.map((row) => (
        <li
          key={[row.sendId, row.bucket, row.waitsFor, row.why, row.channel, row.accountId].join(" ")}
          className="flex flex-wrap items-start gap-x-4 gap-y-2 border-b px-4 py-3 last:border-b-0"
        >
          <div className="min-w-0 flex-1 basis-64">
            <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <b className="font-semibold">{b.count(row.people)}</b>
              <span>{b.bucket[row.bucket] ?? row.bucketLabel}</span>
              {row.channel && <Badge>{t.contacts.channels[row.channel] ?? row.channel}</Badge>}
              <span className="text-xs text-muted-foreground">{row.accountName}</span>
            </p>
            {named && (
              <p className="text-xs">
                <Link
                  href={`/sends/books?send=${row.sendId}`}
                  className="inline-flex items-center rounded-sm underline underline-offset-4 max-md:min-h-11"
                >
                  {row.campaignName || b.noCampaign}
                </Link>
                {row.rehearse && <span className="ml-2 text-muted-foreground">{b.rehearsal}</span>}
              </p>
            )}
            <Next row={row} />
            {row.bucket === "uncertain" && (
              <Link
                href={row.campaignId ? `/sends/uncertain?campaign=${row.campaignId}` : "/sends/uncertain"}
                className="inline-flex items-center rounded-sm text-xs font-medium underline underline-offset-4 max-md:min-h-11"
              >
                {b.decide}
              </Link>
            )}
          </div>
          <dl aria-label={b.ages} className="grid grid-cols-4 gap-x-3 text-right text-xs max-md:w-full">
            {AGES.map((age) => (
              <div key={age} className={row.ages[age] ? undefined : "text-muted-foreground"}>
                <dt className="text-muted-foreground">{b.age[age]}</dt>
                <dd className="font-medium">{f.num(row.ages[age])}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}
