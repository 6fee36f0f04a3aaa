"use client";

import { useId, useState } from "react";
import type { TemplateLinkIn } from "@/api/types";
import { Dot } from "@/components/ui/badge";
import { Segmented } from "@/components/ui/segmented";
import { Rich, useFormat } from "@/lib/i18n";
import { useWords } from "./dialog-words";
import { useBackTest } from "./queries";

const DAYS = ["7", "30", "90"] as const;

/** The rule as it stands in the dialog, replayed over what has happened: who, when, how often, stopped by what. Sends nothing. */
export function LookBack({ body }: { body: TemplateLinkIn }) {
  const t = useWords();
  const f = useFormat();
  const id = useId();
  const [days, setDays] = useState<(typeof DAYS)[number]>("30");
  const test = useBackTest(body, Number(days));
  const data = test.data;
  if (!data) return null;
  const most = Math.max(1, ...data.days.map((day) => Number(day.sent) + Number(day.stopped)));
  const stopped = Object.entries(data.stopped);
  const stops = stopped.reduce((sum, [, n]) => sum + n, 0);
  return (
    <section
      aria-labelledby={`${id}-test`}
      aria-busy={test.isFetching}
      className="busy-bar rounded-lg border bg-card p-3"
    >
      <div className="flex items-center gap-2">
        <h3 id={`${id}-test`} className="mr-auto font-semibold">
          {t.dialog.backtest}
        </h3>
        <Segmented
          label={t.dialog.days}
          value={days}
          onChange={setDays}
          options={DAYS.map((value) => ({ value, label: t.dialog.daysOf(Number(value)) }))}
        />
      </div>
      <p className="mt-1 text-muted-foreground">
        <Rich text={t.dialog.backtestSaid(f.num(data.records), f.num(data.sent), f.num(stops))} />
      </p>
      <div aria-hidden className="mt-3 flex h-[76px] items-end gap-px">
        {data.days.map((day) => (
          <span key={String(day.day)} className="flex h-full flex-1 flex-col justify-end gap-px">
            <i
              className="block rounded-t-[2px] bg-border-strong"
              style={{ height: `${(Number(day.stopped) / most) * 100}%` }}
            />
            <i className="block bg-brand" style={{ height: `${(Number(day.sent) / most) * 100}%` }} />
          </span>
        ))}
      </div>
      <p className="mt-2 flex justify-between text-xs text-muted-foreground">
        <span>{t.dialog.cost(f.num(data.cost))}</span>
        <span>{t.dialog.notSent}</span>
      </p>
      <ul className="mt-2 text-xs text-muted-foreground">
        {data.repeats > 0 && <li>{t.dialog.repeated(f.num(data.repeats))}</li>}
        {data.moved > 0 && <li>{t.dialog.moved(f.num(data.moved))}</li>}
        {stopped.map(([reason, n]) => (
          <li key={reason}>
            {t.dialog.outcomes[reason] ?? t.reasons[reason] ?? reason} {f.num(n)}
          </li>
        ))}
        {data.capped && <li>{t.dialog.capped(f.num(data.changes))}</li>}
      </ul>
      {data.items.length > 0 && (
        <details className="mt-2">
          <summary className="cursor-pointer font-medium">{t.dialog.whoAndWhen}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is reached by keys */}
          <ul tabIndex={0} className="thin-scroll mt-1 max-h-56 overflow-y-auto text-xs">
            {data.items.map((one, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: one record may stand here twice at one moment
              <li key={n} className="flex items-center gap-2 border-b py-1 last:border-b-0">
                <span className="tabular w-24 shrink-0 text-muted-foreground">{f.dateTime(one.at)}</span>
                <b className="min-w-0 flex-1 truncate font-medium">{one.title}</b>
                <span className="flex items-center gap-1 whitespace-nowrap">
                  <Dot tone={one.outcome === "sent" || one.outcome === "moved" ? "brand" : "muted"} />
                  {one.triggerType === "repeat" ? `${t.types.repeat} · ` : ""}
                  {t.dialog.outcomes[one.outcome] ?? one.outcome}
                </span>
              </li>
            ))}
          </ul>
          {data.items.length < data.sent + stops && (
            <p className="mt-1 text-xs text-muted-foreground">{t.dialog.shownOf(f.num(data.items.length))}</p>
          )}
        </details>
      )}
    </section>
  );
}
