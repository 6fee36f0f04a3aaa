"use client";

import { Download, Phone, Scale } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { PageHeader } from "@/components/shell/page-header";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Failure, Skeleton } from "@/components/ui/states";
import { koreanDay } from "@/lib/format";
import { useNow, useTitle } from "@/lib/hooks";
import { useFormat } from "@/lib/i18n";
import { useMe, useTenant } from "../session/queries";
import { CandidacyCard } from "./candidacy-card";
import { bundleUrl, useCalendar, useCandidacies, useRules } from "./queries";
import { StripCard } from "./strip-card";
import { TodayCard } from "./today-card";
import { useWords } from "./words";

// Below what people come for, and with dialogs: fetched while the strip and the table already stand.
const Rail = dynamic(() => import("./rail").then((m) => m.Rail), {
  ssr: false,
  loading: () => <Skeleton className="h-64 w-full rounded-lg" />,
});

const EightCard = dynamic(() => import("./eight-card").then((m) => m.EightCard), {
  ssr: false,
  loading: () => <Skeleton className="h-40 w-full rounded-lg" />,
});
const Lists = dynamic(() => import("./lists").then((m) => m.Lists), { ssr: false });

/** A calm lawyer: where are we, what may go today, what was used, who are we, which rules hold. */
export function LawPage() {
  const w = useWords();
  const f = useFormat();
  const now = useNow(60);
  const me = useMe().data;
  const tenant = useTenant();
  const camp = tenant?.kind !== "sales";
  const [on, setOn] = useState<string | null>(null);
  const calendar = useCalendar(on, camp);
  const todays = useCalendar(null, camp).data;
  const candidacies = useCandidacies(camp);
  const statute = useRules().data?.statuteAsOf;
  const title = camp ? w.title : w.salesTitle;
  useTitle(title);

  const can = (permission: string) => me?.permissions.includes(permission) ?? false;
  const manages = can("candidacies.manage");
  // The hub's own day: a rehearsal moves its clock, not the browser's.
  const today = todays?.on ?? (now ? koreanDay(now) : "");
  const all = candidacies.data ?? [];
  const candidacy = all.find((one) => one.electionDay === todays?.electionDay) ?? all[0];

  return (
    <>
      <PageHeader
        title={title}
        meta={
          camp && (
            <>
              {todays?.dDay && <Badge tone="brand">{todays.dDay}</Badge>}
              <span className="max-md:hidden">{today && f.date(today, true)}</span>
            </>
          )
        }
        actions={
          camp && (
            <>
              <Button asChild variant="ghost">
                <a href="tel:1390" className="max-md:h-11">
                  <Phone aria-hidden />
                  {w.commission}
                </a>
              </Button>
              {candidacy && manages && (
                <Button asChild className="max-md:hidden">
                  <a href={bundleUrl(candidacy)} download>
                    <Download aria-hidden />
                    {w.bundle}
                  </a>
                </Button>
              )}
            </>
          )
        }
      />
      <section
        aria-label={title}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long page scrolls, and must do so by keyboard
        tabIndex={0}
        className="thin-scroll min-h-0 flex-1 overflow-y-auto focus-visible:-outline-offset-2"
      >
        <div className="mx-auto flex w-full max-w-[1180px] flex-col gap-4 p-4">
          {camp &&
            (calendar.isError && !on ? (
              <Card>
                <Failure
                  compact
                  title={w.loadFailed}
                  error={calendar.error}
                  onRetry={() => void calendar.refetch()}
                />
              </Card>
            ) : calendar.isPending ? (
              <Skeleton className="h-56 w-full rounded-lg" />
            ) : calendar.data?.electionDay ? (
              <StripCard calendar={calendar.data} chosen={on !== null} />
            ) : (
              <Card className="px-5 py-4 text-muted-foreground">{w.strip.none}</Card>
            ))}
          <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_348px]">
            <div className="flex min-w-0 flex-col gap-4">
              <TodayCard on={on} today={today} onDay={setOn} camp={camp} />
              {camp &&
                (candidacies.isError ? (
                  <Card>
                    <Failure
                      compact
                      title={w.loadFailed}
                      error={candidacies.error}
                      onRetry={() => void candidacies.refetch()}
                    />
                  </Card>
                ) : candidacies.isPending ? (
                  <Skeleton className="h-40 w-full rounded-lg" />
                ) : (
                  <EightCard candidacy={candidacy} manages={manages} />
                ))}
              <Lists camp={camp} owner={can("rules.change")} />
            </div>
            <div className="flex min-w-0 flex-col gap-4">
              {camp &&
                (candidacies.isSuccess ? (
                  <CandidacyCard candidacy={candidacy} calendar={todays} manages={manages} />
                ) : (
                  candidacies.isPending && <Skeleton className="h-64 w-full rounded-lg" />
                ))}
              <Rail camp={camp} owner={can("rules.change")} manages={manages} />
            </div>
          </div>
          {statute && (
            <p className="flex items-start gap-2 px-1 pb-2 text-xs text-muted-foreground">
              <Scale aria-hidden className="mt-px size-3.5 shrink-0" />
              {w.foot(f.date(statute, true))}
            </p>
          )}
        </div>
      </section>
    </>
  );
}
