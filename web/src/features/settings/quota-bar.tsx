"use client";

import { CircleAlert, CircleCheck } from "lucide-react";
import type { QuotaMonth } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { StackedBar } from "@/components/ui/progress";
import { Rich, useFormat } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { cn } from "@/lib/utils";
import { useWords } from "./words";

/** The month as one bar with its numbers; the uncertain part of what is reserved is told apart. */
export function QuotaBar({ month, onChange }: { month: QuotaMonth; onChange?: () => void }) {
  const f = useFormat();
  const words = useWords();
  const q = words.quota;
  const way = month.reserved - month.uncertain;
  const figures = [
    { key: "used", label: q.used, hint: q.usedHint, value: month.used, swatch: "bg-brand" },
    { key: "reserved", label: q.reserved, hint: q.reservedHint, value: way, swatch: "hatched text-brand" },
    {
      key: "uncertain",
      label: q.uncertain,
      hint: q.uncertainHint,
      value: month.uncertain,
      swatch: "bg-warning",
    },
    {
      key: "remaining",
      label: month.current ? q.remaining : q.unused,
      hint: month.current ? q.remainingHint : q.unusedHint,
      value: month.remaining,
      swatch: "border bg-muted",
    },
  ];
  const resets = new Date(month.resetsAt);
  return (
    <Card>
      <CardHead
        title={words.month(month.month)}
        actions={
          onChange && (
            <Button size="sm" onClick={onChange} className="max-md:h-11">
              {q.change}
            </Button>
          )
        }
      />
      <div className="p-4">
        <p>
          <Rich text={q.ofLimit(f.num(month.used + month.reserved), f.num(month.limit))} />
        </p>
        <StackedBar
          label={q.barLabel(words.month(month.month))}
          max={month.limit}
          parts={[
            { key: "used", value: month.used, tone: "brand" },
            { key: "reserved", value: way, tone: "hatched" },
            { key: "uncertain", value: month.uncertain, tone: "warning" },
          ]}
          className="my-3 h-2.5"
        />
        <dl className="grid grid-cols-2 gap-x-4 gap-y-3 md:grid-cols-4">
          {figures.map((one) => (
            <div key={one.key}>
              <dt className="flex items-center gap-1.5 text-xs text-muted-foreground">
                <i aria-hidden className={cn("size-2 shrink-0 rounded-[3px]", one.swatch)} />
                {one.label}
              </dt>
              <dd className="text-lg font-semibold">{f.num(one.value)}</dd>
              <dd className="text-xs text-muted-foreground">{one.hint}</dd>
            </div>
          ))}
        </dl>
        <p className="mt-4 text-xs text-muted-foreground">
          {month.current ? q.resets(`${f.date(resets)} ${f.clock(resets)}`) : q.past}
          {month.ceiling !== null && month.current && ` ${q.ceiling(f.num(month.ceiling))}`}
          {month.current && !onChange && ` ${q.ownerOnly}`}
        </p>
        <p
          role="status"
          className={cn(
            "mt-1 flex items-start gap-1.5 text-xs",
            month.agrees ? "text-muted-foreground" : "text-destructive",
          )}
        >
          {month.agrees ? (
            <CircleCheck aria-hidden className="mt-px size-3.5 shrink-0 text-success" />
          ) : (
            <CircleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
          )}
          {month.agrees
            ? q.agrees(
                f.num(month.entriesReserved),
                f.num(month.entriesSettled),
                f.num(month.entriesReleased),
                f.num(month.reserved),
              )
            : q.differs}
        </p>
        {month.noticesSeen.length > 0 && (
          <div className="mt-3 border-t pt-3 text-xs text-muted-foreground">
            <h3 className="font-medium text-foreground">{words.notice.told}</h3>
            <ul>
              {month.noticesSeen.map((one) => (
                <li key={`${one.percent}${one.name}${one.at}`}>
                  {words.notice.toldBy(one.percent, one.name, f.dateTime(one.at))}
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </Card>
  );
}

/** Who waits: people whom the limit holds back, and units that wait for somebody's answer. */
export function QuotaHeld({ month }: { month: QuotaMonth }) {
  const f = useFormat();
  const words = useWords();
  const q = words.quota;
  return (
    <>
      {month.waiting.length > 0 && (
        <Card className="mt-5">
          <CardHead title={q.waitingTitle(f.num(month.waitingPeople))} hint={q.waitingHint} />
          <ul>
            {month.waiting.map((one) => (
              <li key={one.sendId} className="flex min-h-11 items-center gap-3 border-b px-4 last:border-b-0">
                <span className="min-w-0 flex-1 truncate">
                  <SendName campaignId={one.campaignId} name={one.name} kind={one.kind} />
                </span>
                <span className="text-muted-foreground">{q.waitingPeople(f.num(one.people))}</span>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {month.uncertain > 0 && (
        <Card className="mt-5 flex flex-wrap items-center gap-3 px-4 py-3">
          <p className="min-w-0 flex-1">
            <b className="font-semibold">
              {q.uncertain} {f.num(month.uncertain)}
            </b>{" "}
            <span className="text-muted-foreground">{q.uncertainHint}</span>
          </p>
          <Button asChild size="sm" className="max-md:h-11">
            <Link href="/sends/uncertain">{q.settleUncertain}</Link>
          </Button>
        </Card>
      )}
    </>
  );
}

/** A campaign's name leads to it; tests, replies and automatic sends have none. */
export function SendName({
  campaignId,
  name,
  kind,
}: {
  campaignId: string | null;
  name: string | null;
  kind: string | null;
}) {
  const words = useWords();
  if (!campaignId || !name) return words.noCampaign[kind ?? "campaign"] ?? words.noCampaign.campaign;
  return (
    <Link href={`/campaigns/${campaignId}`} className="rounded-sm font-medium hover:underline">
      {name}
    </Link>
  );
}
