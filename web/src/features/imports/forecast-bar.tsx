"use client";

import { LoaderCircle, RotateCw } from "lucide-react";
import type { Forecast } from "@/api/types";
import { Dot, type DotTone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useFormat, useT } from "@/lib/i18n";
import { MadeUp } from "./made-up";

/** What the start would do, as numbers that the running bar will show again. Rows add up; pairs to look at stand apart. */
export function ForecastBar({
  forecast,
  blocked,
  onRetry,
}: {
  forecast: Forecast | null | undefined;
  /** Why nothing can be counted. */
  blocked?: string;
  onRetry: () => void;
}) {
  const t = useT();
  const f = useFormat();
  if (blocked) return <p className="text-muted-foreground">{blocked}</p>;
  if (forecast?.state === "failed") {
    return (
      <p className="flex items-center gap-2">
        {forecast.problem ?? t.imports.forecastLost}
        <Button variant="ghost" size="sm" onClick={onRetry}>
          <RotateCw aria-hidden />
          {t.common.retry}
        </Button>
      </p>
    );
  }
  if (forecast?.state !== "ready") {
    return (
      <p role="status" className="flex items-center gap-2 text-muted-foreground">
        <LoaderCircle aria-hidden className="size-3.5 animate-spin" />
        {t.imports.counting}
        {forecast && forecast.percent > 0 && <span>{f.percent(forecast.percent, 100, 0)}</span>}
      </p>
    );
  }
  const parts: [string, DotTone, number][] = [
    [t.imports.outcomes.created, "chart-1", forecast.new ?? 0],
    [t.imports.outcomes.merged, "chart-2", (forecast.merged ?? 0) + (forecast.unchanged ?? 0)],
    [t.imports.outcomes.rejected, "danger", forecast.rejected ?? 0],
  ];
  if (forecast.skipped) parts.splice(2, 0, [t.imports.skipped, "muted", forecast.skipped]);
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-1">
      <b className="font-medium">{t.imports.forecast}</b>
      <dl className="flex flex-wrap items-center gap-x-5 gap-y-1">
        {parts.map(([label, tone, count]) => (
          <div key={label} className="flex items-center gap-1.5">
            <dt className="flex items-center gap-1.5 text-muted-foreground">
              <Dot tone={tone} square />
              {label}
            </dt>
            <dd className="font-semibold">{f.num(count)}</dd>
          </div>
        ))}
        <div className="flex items-center gap-1.5">
          <dt className="flex items-center gap-1.5 text-muted-foreground">
            <Dot tone="warning" square />
            {t.imports.reviewPairs}
          </dt>
          <dd className="font-semibold">{f.num(forecast.review ?? 0)}</dd>
        </div>
      </dl>
      {!!forecast.madeUp && <MadeUp count={forecast.madeUp} />}
    </div>
  );
}
