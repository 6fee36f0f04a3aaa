"use client";

import { MessageSquare } from "lucide-react";
import { useId } from "react";
import type { TemplateLinkIn } from "@/api/types";
import { Rich, useFormat } from "@/lib/i18n";
import { useBackTest, type usePreview } from "./queries";
import { useWords } from "./words";

/** What the rule would do: as people see it, whom it fits now, what the last month would have been. Sends nothing. */
export function DialogRail({ body, found }: { body: TemplateLinkIn; found: ReturnType<typeof usePreview> }) {
  const t = useWords();
  const f = useFormat();
  const id = useId();
  const test = useBackTest(body);
  const data = found.data;
  const most = Math.max(1, ...(test.data?.days ?? []).map((day) => Number(day.sent) + Number(day.stopped)));
  return (
    <aside aria-label={t.dialog.preview} className="flex flex-col gap-4">
      <div className="rounded-lg bg-[#b2c7d9] p-3 dark:bg-[#41525f]">
        {data?.text ? (
          <div className="max-w-[238px] overflow-hidden rounded-md bg-white text-[#1a1a1a] shadow-card">
            <p className="bg-[#fee500] px-3 py-1.5 text-xs font-semibold">{t.dialog.preview}</p>
            <p className="px-3 py-2.5 text-sm whitespace-pre-wrap">{data.text}</p>
          </div>
        ) : (
          <p className="flex items-center gap-2 text-sm text-[#1a1a1a] dark:text-white">
            <MessageSquare aria-hidden className="size-4" />
            {t.dialog.previewNone}
          </p>
        )}
      </div>
      {data?.missing && <p className="text-xs text-warning">{t.dialog.missing(data.missing)}</p>}
      {data && body.triggerType !== "manual" && (
        <section aria-labelledby={`${id}-match`} aria-busy={found.isFetching} className="busy-bar">
          <h3 id={`${id}-match`} className="flex gap-2 font-semibold">
            {t.dialog.matching}
            <span className="tabular text-brand-fg">{t.dialog.matchingCount(f.num(data.matching))}</span>
          </h3>
          {data.sample.length > 0 && (
            <ul className="mt-2 divide-y rounded-md border bg-card">
              {data.sample.map((one) => (
                <li key={one.recordId} className="truncate px-3 py-1.5">
                  {one.title}
                </li>
              ))}
            </ul>
          )}
          <p className="mt-1.5 text-xs text-muted-foreground">{t.dialog.notThese(f.num(data.matching))}</p>
          {data.unreachable > 0 && (
            <p className="text-xs text-warning">{t.dialog.unreachable(f.num(data.unreachable))}</p>
          )}
        </section>
      )}
      {test.data && body.triggerType !== "manual" && (
        <section
          aria-labelledby={`${id}-test`}
          aria-busy={test.isFetching}
          className="busy-bar rounded-lg border bg-card p-3"
        >
          <h3 id={`${id}-test`} className="font-semibold">
            {t.dialog.backtest}
          </h3>
          <p className="mt-1 text-muted-foreground">
            <Rich
              text={t.dialog.backtestSaid(
                f.num(test.data.records),
                f.num(test.data.sent),
                f.num(Object.values(test.data.stopped).reduce((sum, n) => sum + n, 0)),
              )}
            />
          </p>
          <div aria-hidden className="mt-3 flex h-[76px] items-end gap-[3px]">
            {test.data.days.map((day) => (
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
            <span>{t.dialog.cost(f.num(test.data.cost))}</span>
            <span>{t.dialog.notSent}</span>
          </p>
        </section>
      )}
    </aside>
  );
}
