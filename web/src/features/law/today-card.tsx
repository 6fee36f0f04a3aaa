"use client";

import { CalendarDays, Check, CircleDot, Lock, type LucideIcon, Minus } from "lucide-react";
import { ApiError } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Input } from "@/components/ui/field";
import { Failure, Skeleton } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import { type TodayLine, useToday } from "./queries";
import { useWords } from "./words";

const LOOK: Record<TodayLine["verdict"], { icon: LucideIcon; className: string }> = {
  open: { icon: Check, className: "text-success" },
  conditional: { icon: CircleDot, className: "text-warning" },
  closed: { icon: Lock, className: "text-foreground" },
  not_applicable: { icon: Minus, className: "text-subtle" },
};

/** Classes of the other kind of organisation: their lines would only say so. */
const SALES_ONLY = ["commercial_ad", "transactional"];
const CAMP_ONLY = ["campaign", "greeting", "council_report", "party_notice", "turnout"];

const cell = "min-w-0 lg:px-1.5 lg:py-2";

export function Verdict({ verdict }: { verdict: TodayLine["verdict"] }) {
  const w = useWords();
  const { icon: Icon, className } = LOOK[verdict];
  return (
    <span className={cn("flex items-center gap-1.5 whitespace-nowrap", className)}>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {w.table.verdicts[verdict]}
    </span>
  );
}

interface Props {
  on: string | null;
  /** Of today, for the field. */
  today: string;
  onDay: (day: string | null) => void;
  camp: boolean;
}

/** What may be sent on a day, by the rules that stand before every launch. */
export function TodayCard({ on, today, onDay, camp }: Props) {
  const w = useWords();
  const f = useFormat();
  const answer = useToday(on);
  const hidden = camp ? SALES_ONLY : CAMP_ONLY;
  const lines = answer.data?.items.filter((one) => !hidden.includes(one.messageClass)) ?? [];
  const fault = answer.error instanceof ApiError ? answer.error.fields.on : undefined;
  return (
    <Card aria-labelledby="law-today">
      <CardHead
        title={<span id="law-today">{on ? w.table.titleOn(f.date(on, true)) : w.table.title}</span>}
        hint={w.table.hint}
        actions={
          <>
            {on && (
              <Button variant="ghost" size="sm" className="max-md:h-11" onClick={() => onDay(null)}>
                {w.table.back}
              </Button>
            )}
            <label
              htmlFor="law-day"
              className="flex items-center gap-1.5 text-xs font-medium text-muted-foreground"
            >
              <CalendarDays aria-hidden className="size-3.5" />
              <span className="max-md:sr-only">{w.table.other}</span>
              <Input
                type="date"
                id="law-day"
                value={on ?? today}
                onChange={(event) => onDay(event.target.value === today ? null : event.target.value || null)}
                className="h-7 w-36 px-2 text-xs max-md:h-11"
              />
            </label>
          </>
        }
      />
      {answer.isError ? (
        fault ? (
          <p role="alert" className="p-4 text-destructive">
            {fault}
          </p>
        ) : (
          <Failure compact title={w.loadFailed} error={answer.error} onRetry={() => void answer.refetch()} />
        )
      ) : answer.isPending ? (
        <div className="flex flex-col gap-3 p-4">
          {[1, 2, 3, 4, 5, 6].map((line) => (
            <Skeleton key={line} className="h-6 w-full" />
          ))}
        </div>
      ) : (
        <table
          aria-labelledby="law-today"
          aria-busy={answer.isPlaceholderData}
          className="busy-bar w-full max-lg:block"
        >
          <thead className="sr-only">
            <tr>
              {w.table.columns.map((one) => (
                <th key={one} scope="col">
                  {one}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="max-lg:block">
            {lines.map((one) => (
              <tr
                key={`${one.messageClass}-${one.origin}-${one.channel}`}
                className="h-11 border-b last:border-b-0 max-lg:grid max-lg:h-auto max-lg:grid-cols-[minmax(0,1fr)_auto] max-lg:gap-x-3 max-lg:gap-y-0.5 max-lg:px-4 max-lg:py-3"
              >
                <td className={cn(cell, "w-52 lg:pl-4")}>
                  <b
                    className={cn(
                      "font-medium",
                      one.verdict === "not_applicable" && "font-normal text-muted-foreground",
                    )}
                  >
                    {w.kind(one.messageClass, one.label)}
                  </b>{" "}
                  <span className="text-xs text-muted-foreground">
                    {w.how(`${one.origin}:${one.channel}`, one.how)}
                  </span>
                </td>
                <td className={cn(cell, "w-28")}>
                  <Verdict verdict={one.verdict} />
                </td>
                <td className={cn(cell, "text-muted-foreground max-lg:col-span-2")}>
                  {w.reason(one.verdict, one.rule, one.reason)}
                </td>
                <td
                  className={cn(
                    cell,
                    "w-36 text-xs text-muted-foreground max-lg:col-span-2 max-lg:empty:hidden lg:pr-4 lg:text-right",
                  )}
                >
                  {w.article(one.article)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}
