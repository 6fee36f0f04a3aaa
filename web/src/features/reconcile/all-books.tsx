"use client";

import { RefreshCw, Scale } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Input } from "@/components/ui/field";
import { Empty, Failure, Skeleton } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { CampaignStateBadge } from "../campaigns/state-badge";
import { OpenList } from "./open-list";
import { useAllBooks } from "./queries";
import { BooksBadge, Verdict } from "./verdict";

interface Props {
  month: string | null;
  onMonth: (month: string | null) => void;
}

/** Everybody who is open in any send, whoever waits longest first; then the sends of a month. */
export function AllBooks({ month, onMonth }: Props) {
  const t = useT();
  const f = useFormat();
  const b = t.books;
  const query = useAllBooks(month);
  const first = query.data?.pages[0];
  const sends = query.data?.pages.flatMap((page) => page.sends.items) ?? [];
  if (query.isPending)
    return (
      <div aria-hidden className="flex flex-col gap-4">
        <Skeleton className="h-12 w-80 max-w-full" />
        {[1, 2, 3].map((row) => (
          <Skeleton key={row} className="h-16 w-full" />
        ))}
      </div>
    );
  if (!first)
    return <Failure title={b.loadFailed} error={query.error} onRetry={() => void query.refetch()} />;
  const openPeople = first.open.reduce((sum, row) => sum + row.people, 0);
  const differences =
    sends.reduce((sum, one) => sum + (one.books?.differences ?? 0), 0) + (first.month.equal ? 0 : 1);
  return (
    <>
      <div className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1 basis-72">
          <Verdict
            closed={openPeople === 0 && differences === 0}
            differences={differences}
            openPeople={openPeople}
          />
        </div>
        <Button busy={query.isFetching} onClick={() => void query.refetch()} className="max-md:h-11">
          <RefreshCw aria-hidden />
          {b.refresh}
        </Button>
      </div>
      {first.open.length > 0 && (
        <Card>
          <CardHead title={b.openRows} hint={b.openRowsHint} />
          <OpenList rows={first.open} named />
        </Card>
      )}
      {first.unmatched.length > 0 && (
        <Card>
          <CardHead title={b.unmatched} hint={b.unmatchedHint} />
          <ul aria-label={b.unmatched}>
            {first.unmatched.map((one) => (
              <li key={one.accountId} className="flex flex-wrap gap-x-3 border-b px-4 py-2.5 last:border-b-0">
                <span className="font-medium">{one.accountName}</span>
                <span className="text-muted-foreground">
                  {b.unmatchedRow(one.bodies, f.dateTime(one.nextAt), f.dateTime(one.givenUpAt))}
                </span>
              </li>
            ))}
          </ul>
        </Card>
      )}
      <Card>
        <CardHead
          title={b.month(first.month.month)}
          actions={
            <Input
              type="month"
              aria-label={b.monthPick}
              value={first.month.month}
              onChange={(event) => onMonth(event.target.value || null)}
              className="h-8 w-40 max-md:h-11"
            />
          }
        />
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2.5 text-muted-foreground">
          {b.monthUnits(f.num(first.month.used), f.num(first.month.reserved), f.num(first.month.limit))}
          <Badge tone={first.month.equal ? "success" : "danger"}>
            {first.month.equal
              ? b.monthEqual
              : b.monthApart(f.num(first.month.enteredUsed), f.num(first.month.enteredReserved))}
          </Badge>
        </p>
        {sends.length === 0 ? (
          <Empty icon={Scale} title={b.monthEmpty} className="py-10" />
        ) : (
          <ul aria-label={b.month(first.month.month)}>
            {sends.map((one) => (
              <li
                key={one.sendId}
                className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2 last:border-b-0"
              >
                <Link
                  href={`/sends/books?send=${one.sendId}`}
                  className="flex min-w-0 flex-1 basis-48 items-center rounded-sm font-medium underline-offset-4 hover:underline max-md:min-h-11"
                >
                  <span className="truncate">{one.campaignName || b.noCampaign}</span>
                </Link>
                {one.rehearse && <span className="text-xs text-muted-foreground">{b.rehearsal}</span>}
                <span className="text-xs text-muted-foreground">{f.dateTime(one.createdAt)}</span>
                <span>{b.count(one.audience)}</span>
                <CampaignStateBadge state={one.state} />
                <BooksBadge books={one.books} />
              </li>
            ))}
          </ul>
        )}
      </Card>
      {query.hasNextPage && (
        <Button
          variant="ghost"
          busy={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
          className="self-start max-md:h-11"
        >
          {b.more}
        </Button>
      )}
    </>
  );
}
