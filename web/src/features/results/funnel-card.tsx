"use client";

import { Card } from "@/components/ui/card";
import { useFormat } from "@/lib/i18n";
import { type Results, useResultWords } from "./queries";

interface Cell {
  key: string;
  label: string;
  value: number;
  of: number;
  hint: string;
}

/** Five numbers, each a part of the one before it, and a band that narrows with them. */
export function FunnelCard({ found }: { found: Results }) {
  const w = useResultWords();
  const f = useFormat();
  const { funnel, outcome, clicks } = found;
  const cells: Cell[] = [
    {
      key: "selected",
      label: w.selected,
      value: funnel.selected,
      of: funnel.selected,
      hint: w.excluded(funnel.excluded),
    },
    { key: "sent", label: w.sent, value: funnel.sent, of: funnel.selected, hint: w.sentHint },
    {
      key: "delivered",
      label: w.delivered,
      value: funnel.delivered,
      of: funnel.sent,
      hint: outcome.underWay > 0 ? w.underWay(outcome.underWay) : w.notReached(found.flow.at(-1)?.ended ?? 0),
    },
    {
      key: "clicked",
      label: w.clicked,
      value: funnel.clicked,
      of: funnel.delivered,
      hint: w.bots(clicks.bot, clicks.prefetch),
    },
    {
      key: "answered",
      label: w.answered,
      value: funnel.replied,
      of: funnel.delivered,
      hint: w.optedOut(funnel.optedOut),
    },
  ];
  const whole = Math.max(1, funnel.selected);
  const half = (value: number) => Math.max(value > 0 ? 0.8 : 0, (value / whole) * 22);
  const shape = cells
    .map((cell, at) => {
      const next = cells[at + 1] ?? cell;
      const [x, end, a, b] = [at * 100, (at + 1) * 100, half(cell.value), half(next.value)];
      return `M${x},${24 - a}H${x + 60}C${x + 80},${24 - a} ${x + 80},${24 - b} ${end},${24 - b}V${24 + b}C${x + 80},${24 + b} ${x + 80},${24 + a} ${x + 60},${24 + a}H${x}Z`;
    })
    .join("");
  return (
    <Card aria-label={w.funnel}>
      <dl className="grid grid-cols-5 max-md:grid-cols-1">
        {cells.map((cell, at) => (
          <div
            key={cell.key}
            className="border-r px-4 py-3 last:border-r-0 max-md:flex max-md:min-h-11 max-md:items-center max-md:gap-2 max-md:border-r-0 max-md:border-b max-md:last:border-b-0"
          >
            <dt className="text-xs text-muted-foreground max-md:flex-1 max-md:text-sm">
              {cell.label}
              <span className="hidden text-2xs max-md:block">{cell.hint}</span>
            </dt>
            <dd className="mt-0.5 flex items-baseline gap-2 max-md:mt-0">
              <b className="text-xl font-semibold">{f.num(cell.value)}</b>
              {at > 0 && (
                <span className="ml-auto text-xs font-medium text-brand-fg">
                  {f.percent(cell.value, cell.of)}
                </span>
              )}
            </dd>
            <dd className="text-xs text-muted-foreground max-md:hidden">{cell.hint}</dd>
          </div>
        ))}
      </dl>
      <svg
        aria-hidden
        viewBox="0 0 500 48"
        preserveAspectRatio="none"
        className="block h-12 w-full border-t text-brand max-md:hidden"
      >
        <path d={shape} fill="currentColor" fillOpacity="0.25" />
      </svg>
    </Card>
  );
}
