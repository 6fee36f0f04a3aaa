"use client";

import { RefreshCw } from "lucide-react";
import type { SendBooks as Books } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Failure, Skeleton } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { OpenList } from "./open-list";
import { useSendBooks } from "./queries";
import { Verdict } from "./verdict";
import { useBooks } from "./words";

function Figures({ title, lines, none }: { title: string; lines: [string, string][]; none: string }) {
  return (
    <Card>
      <CardHead title={title} />
      {lines.length === 0 ? (
        <p className="px-4 py-3 text-muted-foreground">{none}</p>
      ) : (
        <dl className="px-4 py-2">
          {lines.map(([label, value]) => (
            <div key={label} className="flex items-baseline justify-between gap-3 py-1">
              <dt className="text-muted-foreground">{label}</dt>
              <dd className="shrink-0 font-medium">{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </Card>
  );
}

function Checks({ checks }: { checks: Books["checks"] }) {
  const b = useBooks();
  const f = useFormat();
  return (
    <Card>
      <CardHead title={b.checks} hint={b.checksHint} />
      <ul aria-label={b.checks}>
        {checks.map((one) => {
          const [label, left, right] = b.check[one.check] ?? [one.label, one.leftLabel, one.rightLabel];
          return (
            <li
              key={one.check}
              className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2 last:border-b-0"
            >
              <span className="min-w-0 flex-1 basis-56 font-medium">{label}</span>
              <span className="text-xs text-muted-foreground">
                {left} {f.num(one.left)} {one.left === one.right ? "=" : "≠"} {right} {f.num(one.right)}
                {one.requests.length > 0 && ` · ${b.requests(one.requests.length)}`}
              </span>
              <Badge tone={one.equal ? "success" : "danger"}>
                {one.equal ? b.equal : b.unequal(one.wrong)}
              </Badge>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

/** One send: its three books, the sums that must be equal, and whoever is still open. */
export function SendBooks({ sendId }: { sendId: string }) {
  const b = useBooks();
  const f = useFormat();
  const query = useSendBooks(sendId);
  const books = query.data;
  if (query.isPending)
    return (
      <div aria-hidden className="flex flex-col gap-4">
        <Skeleton className="h-12 w-80 max-w-full" />
        <Skeleton className="h-40 w-full" />
        <Skeleton className="h-64 w-full" />
      </div>
    );
  if (!books)
    return <Failure title={b.loadFailed} error={query.error} onRetry={() => void query.refetch()} />;
  const some = (figures: Books["people"], names: Record<string, string>, unit: (n: number) => string) =>
    figures
      .filter((one) => one.count > 0)
      .map((one): [string, string] => [names[one.key] ?? one.label, unit(one.count)]);
  const units = Object.entries(books.units).filter(([, n]) => n > 0);
  return (
    <>
      <div className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1 basis-72">
          <Verdict {...books} />
        </div>
        <Button busy={query.isFetching} onClick={() => void query.refetch()} className="max-md:h-11">
          <RefreshCw aria-hidden />
          {b.refresh}
        </Button>
      </div>
      <p className="text-xs text-muted-foreground">
        {books.campaignId ? (
          <Link
            href={`/campaigns/${books.campaignId}`}
            className="inline-flex items-center rounded-sm font-medium text-foreground underline underline-offset-4 max-md:min-h-11"
          >
            {books.campaignName}
          </Link>
        ) : (
          b.noCampaign
        )}
        {books.rehearse && ` · ${b.rehearsal}`} · {b.asOf(f.clockSeconds(books.asOf))}
      </p>
      {books.open.length > 0 && (
        <Card>
          <CardHead title={b.openRows} hint={b.openRowsHint} />
          <OpenList rows={books.open} />
        </Card>
      )}
      <div className="grid gap-4 md:grid-cols-3 md:items-start">
        <Figures title={b.people} lines={some(books.people, b.bucket, b.count)} none={b.nothing} />
        <Figures title={b.tries} lines={some(books.tries, b.try, b.tryCount)} none={b.nothing} />
        <Figures
          title={b.units}
          lines={units.map(([key, n]) => [b.unit[key] ?? key, b.unitCount(n)])}
          none={books.rehearse ? b.unitsNone : b.nothing}
        />
      </div>
      <Checks checks={books.checks} />
    </>
  );
}
