"use client";

import { Download, X } from "lucide-react";
import type { ReactNode } from "react";
import type { QuotaEntry, QuotaSend } from "@/api/types";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Failure, Skeleton } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { SendName } from "./quota-bar";
import { type EntryFilter, useQuotaEntries, useQuotaSends } from "./quota-queries";
import { useWords } from "./words";

interface Paged<T> {
  data?: { pages: { items: readonly T[] }[] };
  isError: boolean;
  error: unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
}

/** The four states of a list, and "more" at its end. */
function List<T>({ list, empty, row }: { list: Paged<T>; empty: string; row: (one: T) => ReactNode }) {
  const words = useWords();
  const t = useT();
  if (list.isError) return <Failure compact error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.data) {
    return (
      <div role="status" aria-label={t.common.loading} className="flex flex-col gap-3 p-4">
        <Skeleton className="h-6 w-full" />
        <Skeleton className="h-6 w-full" />
      </div>
    );
  }
  const items = list.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <p className="px-4 py-6 text-center text-muted-foreground">{empty}</p>;
  return (
    <>
      <ul>{items.map(row)}</ul>
      {list.hasNextPage && (
        <div className="flex justify-center border-t p-2">
          <Button
            variant="ghost"
            busy={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
            className="max-md:h-11"
          >
            {words.more}
          </Button>
        </div>
      )}
    </>
  );
}

export function QuotaSends({
  month,
  past,
  onPick,
}: {
  month: string | null;
  past: boolean;
  onPick: (one: QuotaSend) => void;
}) {
  const f = useFormat();
  const words = useWords();
  const q = words.quota;
  return (
    <Card className="mt-5">
      <CardHead title={q.sends} hint={q.sendsHint} />
      <List
        list={useQuotaSends(month, past)}
        empty={q.sendsEmpty}
        row={(one) => (
          <li
            key={one.sendId}
            className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 border-b px-4 py-2 last:border-b-0"
          >
            <span className="min-w-40 flex-1">
              <span className="block truncate">
                <SendName campaignId={one.campaignId} name={one.name} kind={one.kind} />
              </span>
              <span className="block text-xs text-muted-foreground">{f.dateTime(one.lastAt)}</span>
            </span>
            <span className="flex flex-wrap gap-x-3 text-xs text-muted-foreground">
              <span>{q.taken(f.num(one.reserved))}</span>
              <b className="font-semibold text-foreground">{q.settled(f.num(one.settled))}</b>
              {one.released > 0 && <span>{q.released(f.num(one.released))}</span>}
              {one.open > 0 && <span className="text-brand-fg">{q.open(f.num(one.open))}</span>}
            </span>
            <Button
              size="sm"
              variant="ghost"
              aria-label={q.showMovements(one.name ?? words.noCampaign[one.kind ?? "campaign"] ?? "")}
              onClick={() => onPick(one)}
              className="max-md:h-11"
            >
              {q.movementsOf}
            </Button>
          </li>
        )}
      />
    </Card>
  );
}

const TONE: Record<QuotaEntry["kind"], BadgeTone> = {
  reserve: "outline",
  settle: "brand",
  release: "neutral",
};

export function QuotaEntries({
  filter,
  past,
  name,
  onAll,
}: {
  filter: EntryFilter;
  past: boolean;
  name: string | null;
  onAll: () => void;
}) {
  const f = useFormat();
  const words = useWords();
  const q = words.quota;
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(filter)) if (value) query.set(key, value);
  const narrowed = filter.sendId !== null || filter.campaignId !== null;
  const list = useQuotaEntries(filter, past);
  const first = list.data?.pages[0]?.items[0];
  return (
    <Card className="mt-5 scroll-mt-4" id="movements" tabIndex={-1} aria-label={q.entries}>
      <CardHead
        title={q.entries}
        hint={q.entriesHint}
        actions={
          <Button asChild size="sm" className="max-md:h-11">
            <a href={`/api/quota/entries.csv?${query}`} download>
              <Download aria-hidden />
              {q.download}
            </a>
          </Button>
        }
      />
      {narrowed && (
        <p className="flex items-center gap-2 border-b bg-muted px-4 py-1.5 text-xs">
          <span className="min-w-0 flex-1 truncate">
            {q.onlyCampaign(name ?? first?.name ?? words.noCampaign[first?.sendKind ?? "campaign"] ?? "")}
          </span>
          <Button size="sm" variant="ghost" onClick={onAll} className="max-md:h-11">
            <X aria-hidden />
            {q.showAll}
          </Button>
        </p>
      )}
      <List
        list={list}
        empty={q.entriesEmpty}
        row={(one) => (
          <li
            key={one.id}
            className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-1.5 last:border-b-0"
          >
            <span className="w-40 shrink-0 text-xs text-muted-foreground">
              {f.date(one.at)} {f.clockSeconds(one.at)}
            </span>
            <span className="w-20">
              <Badge tone={TONE[one.kind]}>{q.kinds[one.kind]}</Badge>
            </span>
            <b className="w-16 text-right font-semibold">{q.units(f.num(one.units))}</b>
            <span className="min-w-32 flex-1 truncate">
              <SendName campaignId={one.campaignId} name={one.name} kind={one.sendKind} />
            </span>
            {one.requestId && (
              <span className="text-xs text-muted-foreground">
                {q.request} <code>…{one.requestId.slice(-8)}</code>
              </span>
            )}
          </li>
        )}
      />
    </Card>
  );
}
