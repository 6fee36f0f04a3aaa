"use client";

import { CirclePause, Hourglass, type LucideIcon, TriangleAlert } from "lucide-react";
import type { Campaign, MessageState, Progress } from "@/api/types";
import { Dot, type DotTone } from "@/components/ui/badge";
import { Card, CardHead } from "@/components/ui/card";
import { useFormat, useLocale, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { cn } from "@/lib/utils";
import { OutcomeBar } from "./outcome-bar";
import { HOLD_WINDOW, type PeopleFilter } from "./queries";
import { RateChart } from "./rate-chart";
import { useReasonText } from "./reasons";

interface Props {
  campaign: Campaign;
  progress: Progress;
  filter: PeopleFilter;
  onFilter: (filter: PeopleFilter) => void;
}

interface CellData {
  key: keyof ReturnType<typeof useT>["monitor"]["cells"];
  value: number;
  tone: DotTone;
  states: MessageState[];
  text?: string;
}

function cellsOf(counts: Progress["counts"]): CellData[] {
  const other = counts.uncertain + counts.cancelled + counts.expired;
  const cells: CellData[] = [
    {
      key: "delivered",
      value: counts.delivered,
      tone: "success",
      states: ["delivered"],
      text: "text-success",
    },
    { key: "accepted", value: counts.accepted, tone: "brand", states: ["accepted"], text: "text-brand-fg" },
    { key: "failed", value: counts.failed, tone: "danger", states: ["failed"], text: "text-destructive" },
    { key: "waiting", value: counts.queued + counts.sending, tone: "muted", states: ["queued", "sending"] },
    { key: "skipped", value: counts.skipped, tone: "muted", states: ["skipped"] },
  ];
  if (other > 0)
    cells.push({
      key: "other",
      value: other,
      tone: "warning",
      states: ["uncertain", "cancelled", "expired"],
    });
  return cells;
}

function Banner({ campaign, progress }: Pick<Props, "campaign" | "progress">) {
  const t = useT();
  const f = useFormat();
  const { counts, audience } = progress;
  const gone = counts.accepted + counts.delivered + counts.failed;
  const left = audience - gone - counts.skipped - counts.uncertain - counts.cancelled - counts.expired;
  const waits = progress.holdReason === HOLD_WINDOW;
  const rows: (false | { icon: LucideIcon; title: string; text: string; href?: string; spends?: true })[] = [
    progress.state === "paused" && {
      icon: CirclePause,
      title: t.monitor.paused,
      text: t.monitor.pausedText(f.num(gone), f.num(left)),
      spends: true,
    },
    progress.state === "held" && {
      icon: Hourglass,
      title: waits ? t.monitor.waits : t.monitor.held,
      text: waits
        ? t.monitor.waitsText(progress.holdText, f.dateTime(progress.holdUntil ?? progress.asOf))
        : progress.holdText
          ? t.monitor.heldBy(progress.holdReason, progress.holdText)
          : (t.monitor.heldReasons[progress.holdReason] ?? t.campaigns.reasonUnknown(progress.holdReason)),
      spends: true,
    },
    counts.uncertain > 0 && {
      icon: TriangleAlert,
      title: t.monitor.uncertainTitle(f.num(counts.uncertain)),
      text: t.monitor.uncertainText,
      href: `/sends/uncertain?campaign=${campaign.id}`,
    },
  ];
  return rows.map(
    (row) =>
      row && (
        <div key={row.title} role="status" className="flex gap-3 rounded-lg bg-warning-soft px-4 py-3">
          <row.icon aria-hidden className="mt-0.5 size-4 shrink-0 text-warning" />
          <p>
            <b className="block font-semibold">{row.title}</b>
            <span>{row.text}</span>
            {row.spends && campaign.messageClass === "campaign" && <span> {t.monitor.spendsNone}</span>}
            {row.href && (
              <Link
                href={row.href}
                className="ml-2 rounded-sm font-medium underline underline-offset-4 max-md:inline-flex max-md:min-h-11 max-md:items-center"
              >
                {t.monitor.decideUncertain}
              </Link>
            )}
          </p>
        </div>
      ),
  );
}

export function Monitor({ campaign, progress, filter, onFilter }: Props) {
  const t = useT();
  const f = useFormat();
  const { locale } = useLocale();
  const reason = useReasonText();
  const { counts, audience } = progress;
  const cells = cellsOf(counts);
  const settled = audience - counts.queued - counts.sending;
  const live = progress.state === "running" || progress.state === "launching";
  const reasons = [...progress.byReason]
    .filter((one) => one.count > 0 && one.reason)
    .sort((a, b) => b.count - a.count);
  const most = reasons[0]?.count ?? 1;
  return (
    <>
      <Banner campaign={campaign} progress={progress} />
      <section aria-label={t.monitor.progress}>
        <div className="mb-3 flex flex-wrap items-baseline gap-x-2">
          <b className="text-2xl font-semibold whitespace-nowrap max-md:text-3xl">{f.num(settled)}</b>
          <span className="text-base whitespace-nowrap text-muted-foreground">
            {t.monitor.of(f.num(audience))}
          </span>
          <span role="status" aria-live="off" className="ml-auto text-muted-foreground">
            {live
              ? progress.etaSeconds === null
                ? t.monitor.measuring
                : t.monitor.left(f.duration(progress.etaSeconds))
              : campaign.finishedAt
                ? t.monitor.finishedAt(f.dateTime(campaign.finishedAt))
                : ""}
          </span>
        </div>
        <OutcomeBar label={t.monitor.progress} counts={counts} audience={audience} className="h-2" />
      </section>
      <Card>
        <div className={cn("grid max-md:grid-cols-1", cells.length === 6 ? "grid-cols-6" : "grid-cols-5")}>
          {cells.map((cell) => {
            const only = cell.states[0] ?? null;
            const chosen = filter.state === only && filter.reason === null;
            return (
              <button
                key={cell.key}
                type="button"
                aria-pressed={chosen}
                onClick={() =>
                  onFilter(chosen ? { state: null, reason: null } : { state: only, reason: null })
                }
                className={cn(
                  "border-r px-4 py-3 text-left last:border-r-0 hover:bg-muted focus-visible:-outline-offset-2 max-md:flex max-md:min-h-11 max-md:items-center max-md:gap-2 max-md:border-r-0 max-md:border-b max-md:last:border-b-0",
                  chosen && "bg-brand-soft/50 hover:bg-brand-soft/70",
                )}
              >
                <span className="flex items-center gap-2 text-xs text-muted-foreground max-md:flex-1 max-md:text-sm">
                  <Dot tone={cell.tone} square />
                  {t.monitor.cells[cell.key]}
                </span>
                <span className="mt-1 flex items-baseline gap-2 max-md:mt-0">
                  <b
                    className={cn(
                      "text-xl font-semibold max-md:text-lg",
                      cell.key === "failed" && cell.value > 0 && cell.text,
                    )}
                  >
                    {f.num(cell.value)}
                  </b>
                  <span
                    className={cn(
                      "text-xs text-muted-foreground max-md:w-12 max-md:text-right",
                      cell.value > 0 && cell.text,
                    )}
                  >
                    {f.percent(cell.value, audience)}
                  </span>
                </span>
              </button>
            );
          })}
        </div>
        <p className="border-t px-4 py-1.5 text-right text-2xs text-muted-foreground">
          {t.monitor.sumHint(f.num(audience))}
        </p>
      </Card>
      <div className="grid gap-5 md:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)] md:[&>:only-child]:col-span-2">
        <RateChart progress={progress} live={live} />
        <Card>
          <CardHead title={t.monitor.reasons} />
          {reasons.length === 0 ? (
            <p className="px-4 py-6 text-muted-foreground">{t.monitor.reasonsNone}</p>
          ) : (
            <ul className="thin-scroll max-h-72 overflow-y-auto">
              {reasons.map((one) => {
                const chosen = filter.reason === one.reason;
                return (
                  <li key={`${one.state}${one.reason}`}>
                    <button
                      type="button"
                      aria-pressed={chosen}
                      onClick={() =>
                        onFilter(chosen ? { state: null, reason: null } : { state: null, reason: one.reason })
                      }
                      className={cn(
                        "relative flex w-full items-center gap-3 border-b px-4 py-2 text-left hover:bg-muted focus-visible:-outline-offset-2",
                        chosen && "bg-brand-soft/50",
                      )}
                    >
                      <span className="min-w-0 flex-1">
                        <span className="block truncate font-medium">{reason(one.reason, one.label)}</span>
                        <span className="block text-xs text-muted-foreground">
                          {t.campaigns.advice[one.reason] ?? (locale === "ko" ? one.mend : "")}
                        </span>
                      </span>
                      <b className="font-semibold">{f.num(one.count)}</b>
                      <i
                        aria-hidden
                        className="absolute bottom-0 left-0 h-0.5 w-full origin-left bg-border-strong"
                        style={{ transform: `scaleX(${one.count / most})` }}
                      />
                    </button>
                  </li>
                );
              })}
            </ul>
          )}
        </Card>
      </div>
    </>
  );
}
