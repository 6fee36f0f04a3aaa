"use client";

import { Card, CardHead } from "@/components/ui/card";
import { StackedBar } from "@/components/ui/progress";
import { useFormat, useT } from "@/lib/i18n";
import { type Results, useResultWords } from "./queries";

/** Step after step: who arrived there, who went on, who ended. A bar is as long as the people tried on it. */
export function FlowCard({ found }: { found: Results }) {
  const w = useResultWords();
  const t = useT();
  const f = useFormat();
  const most = Math.max(1, ...found.flow.map((one) => one.tried));
  const channels = t.contacts.channels as Record<string, string>;
  return (
    <Card>
      <CardHead title={w.flow} hint={w.people(found.funnel.sent)} />
      <ol aria-label={w.flow}>
        {found.flow.map((one) => {
          const title = w.step(one.step + 1, channels[one.channel] ?? one.channel);
          return (
            <li key={one.step} className="border-b px-4 py-3">
              <p className="mb-1.5 flex items-baseline gap-2">
                <span className="font-medium">{title}</span>
                <span className="ml-auto text-muted-foreground">{w.people(one.tried)}</span>
              </p>
              <StackedBar
                label={title}
                max={most}
                parts={[
                  { key: "delivered", value: one.delivered, tone: "chart-1" },
                  { key: "wentOn", value: one.wentOn, tone: "chart-2" },
                  { key: "underWay", value: one.underWay, tone: "hatched" },
                  { key: "ended", value: one.ended, tone: "muted" },
                ]}
              />
              <p className="mt-1.5 flex flex-wrap gap-x-3 text-xs text-muted-foreground">
                <span>
                  {w.arrived(one.delivered)} ({f.percent(one.delivered, one.tried)})
                </span>
                {one.wentOn > 0 && <span>{w.wentOn(one.wentOn)}</span>}
                {one.underWay > 0 && <span>{w.waiting(one.underWay)}</span>}
                {one.ended > 0 && <span>{w.ended(one.ended)}</span>}
              </p>
            </li>
          );
        })}
      </ol>
      <p className="flex flex-wrap items-baseline gap-x-3 px-4 py-3">
        {found.links.map((one) => (
          <span key={one.key} className="min-w-0 truncate text-xs text-muted-foreground" title={one.url}>
            {w.link(one.key)} {w.people(one.humanPeople)}
          </span>
        ))}
        <span className="ml-auto">
          {w.cost} <b className="font-semibold">{w.won(found.cost.won)}</b>
          {found.cost.example && <span className="ml-1.5 text-xs text-muted-foreground">{w.example}</span>}
        </span>
      </p>
    </Card>
  );
}
