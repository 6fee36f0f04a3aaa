"use client";

import { RefreshCw, Scale } from "lucide-react";
import { useState } from "react";
import type { AllBooks as Books } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Input } from "@/components/ui/field";
import { Empty, Failure, Skeleton } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { isMonth } from "@/lib/month";
import { Link } from "@/lib/router";
import { CampaignStateBadge } from "../campaigns/state-badge";
import { OpenList } from "./open-list";
import { useAllBooks } from "./queries";
import { BooksBadge, Verdict } from "./verdict";
import { type Whole, wholeOf } from "./whole";
import { useBooks } from "./words";

interface Props {
  month: string | null;
  onMonth: (month: string | null) => void;
}

/** Everybody who is open in any send, whoever waits longest first; then the sends of a month. */
export function AllBooks({ month, onMonth }: Props) {
  const b = useBooks();
  const query = useAllBooks(month);
  const first = query.data?.pages[0];
  const shown = first?.month.month ?? month;
  const again = () => void query.refetch();
  const waits = query.isPending && <Waiting />;
  return (
    <>
      {first ? (
        <Found
          whole={wholeOf(query.data?.pages ?? [])}
          first={first}
          busy={query.isFetching}
          onAgain={again}
        />
      ) : (
        waits
      )}
      {/* Whatever comes back: a month that is typed must not take away the field it is typed into. */}
      <Card>
        <CardHead
          title={shown ? b.month(shown) : <Skeleton className="h-5 w-32" />}
          actions={<MonthField value={month ?? shown ?? ""} onMonth={onMonth} />}
        />
        {first ? (
          <Month month={first.month} sends={query.data?.pages.flatMap((page) => page.sends.items) ?? []} />
        ) : (
          waits || <Failure compact title={b.loadFailed} error={query.error} onRetry={again} />
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

function Waiting() {
  return (
    <div aria-hidden className="flex flex-col gap-4 p-4">
      <Skeleton className="h-12 w-80 max-w-full" />
      <Skeleton className="h-16 w-full" />
    </div>
  );
}

/** A year is typed digit by digit, and each is a change of the field: only a whole month goes on. */
function MonthField({ value, onMonth }: { value: string; onMonth: (month: string) => void }) {
  const b = useBooks();
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Input
      type="month"
      aria-label={b.monthPick}
      value={typed ?? value}
      onChange={(event) => {
        setTyped(event.target.value);
        if (isMonth(event.target.value)) onMonth(event.target.value);
      }}
      onBlur={() => setTyped(null)}
      className="h-8 w-40 max-md:h-11"
    />
  );
}

function Found({
  whole,
  first,
  busy,
  onAgain,
}: {
  whole: Whole;
  first: Books;
  busy: boolean;
  onAgain: () => void;
}) {
  const f = useFormat();
  const b = useBooks();
  return (
    <>
      <div className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1 basis-72">
          <Verdict {...whole} />
        </div>
        <Button busy={busy} onClick={onAgain} className="max-md:h-11">
          <RefreshCw aria-hidden />
          {b.refresh}
        </Button>
      </div>
      {whole.apart.length > 0 && (
        <Card>
          <CardHead title={b.apartSends} hint={b.apartSendsHint} />
          <ul aria-label={b.apartSends}>
            {whole.apart.map((one) => (
              <li
                key={one.sendId}
                className="flex min-h-11 flex-wrap items-center gap-x-3 border-b px-4 py-2 last:border-b-0"
              >
                <SendLink sendId={one.sendId} name={one.campaignName} />
                <span className="text-xs text-muted-foreground">{f.dateTime(one.createdAt)}</span>
                <Badge tone="danger">{b.badge.apart(one.differences)}</Badge>
              </li>
            ))}
          </ul>
        </Card>
      )}
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
    </>
  );
}

function SendLink({ sendId, name }: { sendId: string; name: string }) {
  const b = useBooks();
  return (
    <Link
      href={`/sends/books?send=${sendId}`}
      className="flex min-w-0 flex-1 basis-48 items-center rounded-sm font-medium underline-offset-4 hover:underline max-md:min-h-11"
    >
      <span className="truncate">{name || b.noCampaign}</span>
    </Link>
  );
}

function Month({ month, sends }: { month: Books["month"]; sends: Books["sends"]["items"] }) {
  const f = useFormat();
  const b = useBooks();
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2.5 text-muted-foreground">
        {b.monthUnits(f.num(month.used), f.num(month.reserved), f.num(month.limit))}
        <Badge tone={month.equal ? "success" : "danger"}>
          {month.equal ? b.monthEqual : b.monthApart(f.num(month.enteredUsed), f.num(month.enteredReserved))}
        </Badge>
      </p>
      {sends.length === 0 ? (
        <Empty icon={Scale} title={b.monthEmpty} className="py-10" />
      ) : (
        <ul aria-label={b.month(month.month)}>
          {sends.map((one) => (
            <li
              key={one.sendId}
              className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2 last:border-b-0"
            >
              <SendLink sendId={one.sendId} name={one.campaignName} />
              {one.rehearse && <span className="text-xs text-muted-foreground">{b.rehearsal}</span>}
              <span className="text-xs text-muted-foreground">{f.dateTime(one.createdAt)}</span>
              <span>{b.count(one.audience)}</span>
              <CampaignStateBadge state={one.state} />
              <BooksBadge books={one.books} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
