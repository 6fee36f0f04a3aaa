"use client";

import { Card } from "@/components/ui/card";
import { daysBetween, koreanTime } from "@/lib/format";
import { Rich, useFormat } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import type { Calendar } from "./queries";
import { type Bar, lanes, scale, ticks } from "./strip";
import { useWords } from "./words";

/** 12.8 화 */
function useShort() {
  const w = useWords();
  return (day: string) => {
    const { month, day: date, weekday } = koreanTime(day);
    return `${month}.${date} ${w.strip.weekdays[weekday]}`;
  };
}

const LOOK = {
  holding: "bg-secondary text-foreground",
  ahead: "border border-dashed border-border-strong text-muted-foreground",
  past: "bg-secondary/50 text-muted-foreground",
};

/** Where the camp stands: 120 days, what holds when, what changes next. */
export function StripCard({ calendar, chosen }: { calendar: Calendar; chosen: boolean }) {
  const w = useWords();
  const f = useFormat();
  const short = useShort();
  const { on, electionDay, nextChange } = calendar;
  if (!electionDay) return null;
  const left = daysBetween(on, electionDay);
  const { at } = scale(on, electionDay);
  const byId = new Map(calendar.windows.map((one) => [one.id, one]));
  const said = (ids: string[]) => {
    const own = ids.flatMap((id) => byId.get(id) ?? []);
    return {
      text: own.map((one) => w.window(one.id, one.label)).join(" · "),
      article: [...new Set(own.map((one) => one.article))].join(" · "),
      first: own[0]?.first ?? on,
      last: own[0]?.last ?? on,
    };
  };
  // About 11 px a letter of 940: enough to decide whether words fit into their bar.
  const width = (ids: string[]) => 2.5 + Math.min(45, said(ids).text.length * 1.15);
  const rows = lanes(calendar.windows, on, electionDay, width);
  const here = left < 0 ? 100 : at(on);
  const title = left > 0 ? w.strip.left(left) : left === 0 ? w.strip.today : w.strip.over(-left);
  return (
    <Card className="p-5 max-md:p-4" aria-label={title}>
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2 className="text-lg font-semibold">{title}</h2>
        <span className="text-muted-foreground">{f.date(electionDay, true)}</span>
        {nextChange && (
          <span className="text-xs text-muted-foreground md:ml-auto">
            <Rich
              text={w.strip.next(
                nextChange.dDay,
                f.date(nextChange.on),
                w.window(windowOf(calendar, nextChange.label), nextChange.label),
                nextChange.opens,
              )}
            />
          </span>
        )}
      </div>
      {calendar.greeting && (
        <p className="mt-1 text-xs text-brand-fg">{w.strip.greeting(calendar.greeting)}</p>
      )}
      <section
        aria-label={w.strip.label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone it scrolls sideways, and must do so by keyboard
        tabIndex={0}
        className="thin-scroll mt-3 overflow-x-auto focus-visible:-outline-offset-2"
      >
        <div className="relative min-w-[720px] px-1 pb-1">
          <div aria-hidden className="relative mb-3 h-[52px]">
            {ticks(on, electionDay).map((one) => (
              <span
                key={one.before}
                className={cn(
                  "absolute top-0 text-xs leading-4 whitespace-nowrap",
                  one.left > 97
                    ? "-translate-x-full text-right"
                    : one.left > 3 && "-translate-x-1/2 text-center",
                )}
                style={{ left: `${one.left}%` }}
              >
                <b className="block font-medium">{one.before === 0 ? w.strip.election : `D-${one.before}`}</b>
                <span className="block text-muted-foreground">{short(one.day)}</span>
              </span>
            ))}
            <span className="absolute inset-x-0 bottom-1.5 h-px bg-border-strong" />
            <span
              className="absolute bottom-[5px] left-0 h-[3px] rounded-full bg-foreground/70"
              style={{ width: `${here}%` }}
            />
          </div>
          {left >= 0 && (
            <span
              aria-hidden
              className="absolute top-[46px] bottom-0 z-0 w-px bg-brand"
              style={{ left: `calc(4px + ${here} * (100% - 8px) / 100)` }}
            >
              <span
                className={cn(
                  "absolute -top-0.5 rounded-sm bg-primary px-1.5 text-2xs font-semibold whitespace-nowrap text-primary-foreground",
                  here > 90 ? "right-0" : here < 8 ? "left-0" : "-translate-x-1/2",
                )}
              >
                {chosen ? w.strip.chosen(calendar.dDay) : w.strip.now(calendar.dDay)}
              </span>
            </span>
          )}
          <ul className="relative flex flex-col gap-1.5 pt-3">
            {rows.map((row) => (
              <li key={row[0]?.ids.join()} className="relative h-6">
                {row.map((bar) => (
                  <Lane key={bar.ids.join()} bar={bar} {...said(bar.ids)} />
                ))}
              </li>
            ))}
          </ul>
        </div>
      </section>
    </Card>
  );
}

/** The change names its window by its label. */
function windowOf(calendar: Calendar, label: string): string {
  return calendar.windows.find((one) => one.label === label)?.id ?? "";
}

function Lane({
  bar,
  text,
  article,
  first,
  last,
}: { bar: Bar } & Record<"text" | "article" | "first" | "last", string>) {
  const w = useWords();
  const f = useFormat();
  const own = bar.ids.includes("preliminary") || bar.ids.includes("period");
  const words = (
    <>
      <span className="truncate">{text}</span>
      {!bar.outside && bar.width > 25 && (
        <span className="truncate text-2xs text-muted-foreground max-lg:hidden">{article}</span>
      )}
      <span className="sr-only">
        {article}, {w.strip.range(f.date(first), f.date(last))}, {w.strip[bar.state]}
      </span>
    </>
  );
  return (
    <>
      {bar.outside && (
        <span
          className="absolute top-0 flex h-6 items-center justify-end pr-2 text-xs whitespace-nowrap text-muted-foreground"
          style={{ right: `${100 - bar.left}%` }}
        >
          {words}
        </span>
      )}
      <span
        aria-hidden={bar.outside || undefined}
        title={`${text} · ${article}`}
        className={cn(
          "absolute top-0 flex h-6 min-w-0 items-center gap-2 overflow-hidden rounded-md px-2 text-xs whitespace-nowrap",
          LOOK[bar.state],
          own && bar.state === "holding" && "bg-brand-soft text-brand-fg",
        )}
        style={{ left: `${bar.left}%`, width: `${bar.width}%` }}
      >
        {!bar.outside && words}
      </span>
    </>
  );
}
