"use client";

import { CalendarX2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Select } from "@/components/ui/field";
import { Empty, Failure, Skeleton } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { useFormat } from "@/lib/i18n";
import { isMonth } from "@/lib/month";
import { useSearch } from "@/lib/router";
import { cn } from "@/lib/utils";
import { useMe, useQuota } from "../session/queries";
import { LimitDialog } from "./limit-dialog";
import { QuotaBar, QuotaHeld } from "./quota-bar";
import { addressOf, monthChoices } from "./quota-months";
import { noSuch, useQuotaMonth, useQuotaMonths } from "./quota-queries";
import { QuotaEntries, QuotaSends } from "./quota-trace";
import { SettingsShell } from "./settings-shell";
import { useWords } from "./words";

/** How much of the month is used, by what, and every movement behind it. */
export function QuotaPage() {
  const f = useFormat();
  const words = useWords();
  const q = words.quota;
  const owner = useMe().data?.role === "owner";
  const [search, setSearch] = useSearch();
  const asked = search.get("month");
  const month = isMonth(asked) ? asked : null;
  const [picked, setPicked] = useState<string | null>(null);
  const [changing, setChanging] = useState(false);
  const found = useQuotaMonth(month);
  const months = useQuotaMonths();
  useTitle(q.title);
  const filter = { month, sendId: search.get("send"), campaignId: search.get("campaign") };
  const now = useQuota().data?.month ?? null; // by the server's clock, like everything about months
  const current = found.data?.current ? found.data.month : now;
  const past = month !== null && month !== current;
  const choices = monthChoices(current, months.data?.map((one) => one.month) ?? [], month);
  const pick = (one: string) => {
    setPicked(null);
    setSearch({ month: addressOf(one, current), send: null, campaign: null });
  };
  return (
    <SettingsShell
      title={q.title}
      actions={
        choices.length > 1 && (
          <span className="w-40">
            <Select
              aria-label={q.pickMonth}
              value={month ?? current ?? ""}
              onChange={(event) => pick(event.target.value)}
              className="h-8"
            >
              {choices.map((one) => (
                <option key={one} value={one}>
                  {words.month(one)}
                </option>
              ))}
            </Select>
          </span>
        )
      }
    >
      {noSuch(found.error) ? (
        <Card>
          <Empty
            icon={CalendarX2}
            title={q.noneIn(words.month(month ?? ""))}
            actions={current && <Button onClick={() => pick(current)}>{q.toCurrent}</Button>}
          />
        </Card>
      ) : found.isError ? (
        <Failure title={q.loadFailed} error={found.error} onRetry={() => void found.refetch()} />
      ) : found.data ? (
        <>
          <QuotaBar
            month={found.data}
            onChange={owner && found.data.current ? () => setChanging(true) : undefined}
          />
          <QuotaHeld month={found.data} />
        </>
      ) : (
        <Card aria-hidden className="flex flex-col gap-3 p-4">
          <Skeleton className="h-5 w-64" />
          <Skeleton className="h-3 w-full" />
          <Skeleton className="h-14 w-full" />
        </Card>
      )}
      {!found.isError && (
        <>
          <QuotaSends
            month={month}
            past={past}
            onPick={(one) => {
              setPicked(one.name);
              setSearch({ send: one.sendId, campaign: null });
              document.getElementById("movements")?.focus();
            }}
          />
          <QuotaEntries
            filter={filter}
            past={past}
            name={picked}
            onAll={() => {
              setPicked(null);
              setSearch({ send: null, campaign: null });
            }}
          />
        </>
      )}
      {months.data && months.data.length > 0 && choices.length > 1 && (
        <Card className="mt-5">
          <CardHead title={q.months} />
          <ul>
            {months.data.map((one) => (
              <li key={one.month} className="border-b last:border-b-0">
                <button
                  type="button"
                  aria-current={one.month === found.data?.month || undefined}
                  onClick={() => pick(one.month)}
                  className={cn(
                    "flex min-h-11 w-full items-center gap-3 px-4 text-left hover:bg-muted focus-visible:-outline-offset-2",
                    one.month === found.data?.month && "bg-accent font-medium",
                  )}
                >
                  <span className="flex-1">{words.month(one.month)}</span>
                  <span className="text-muted-foreground">
                    {q.monthLine(f.num(one.used), f.num(one.limit))}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {changing && found.data && <LimitDialog month={found.data} onClose={() => setChanging(false)} />}
    </SettingsShell>
  );
}
