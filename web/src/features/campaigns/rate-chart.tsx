"use client";

import { useEffect, useState } from "react";
import type { Progress } from "@/api/types";
import { LineDrawing } from "@/components/line-drawing";
import { Card, CardHead } from "@/components/ui/card";
import { useFormat, useT } from "@/lib/i18n";

const POINTS = 120;
const WIDTH = 600;
const HEIGHT = 140;

interface Point {
  at: number;
  rate: number;
}

/** The last 120 readings, kept outside React so that leaving the page and coming back keeps the line. */
const readings = new Map<string, Point[]>();

function niceTop(value: number): number {
  for (const step of [5, 10, 20, 40, 60, 80, 100]) if (value <= step) return step;
  const scale = 10 ** Math.floor(Math.log10(value));
  return Math.ceil(value / scale) * scale;
}

/** One live line: forty lines of SVG instead of a chart library of a hundred kilobytes. */
export function RateChart({ progress, live }: { progress: Progress; live: boolean }) {
  const t = useT();
  const f = useFormat();
  const [points, setPoints] = useState<Point[]>([]);
  const path = typeof window === "undefined" ? "" : window.location.pathname;

  useEffect(() => {
    if (!live) {
      setPoints(readings.get(path) ?? []);
      return;
    }
    const known = readings.get(path) ?? [];
    const at = Date.parse(progress.asOf);
    const last = known.at(-1);
    const next = last && at <= last.at ? known : [...known, { at, rate: progress.rate }].slice(-POINTS);
    readings.set(path, next);
    setPoints(next);
  }, [progress.asOf, progress.rate, path, live]);

  const first = points[0];
  const last = points.at(-1);
  const span = first && last ? Math.max(1, last.at - first.at) : 1;
  const top = niceTop(Math.max(1, ...points.map((p) => p.rate)));
  const x = (p: Point) => ((p.at - (first?.at ?? 0)) / span) * WIDTH;
  const y = (p: Point) => HEIGHT - (p.rate / top) * HEIGHT;
  const line = points.map((p, i) => `${i === 0 ? "M" : "L"}${x(p).toFixed(1)},${y(p).toFixed(1)}`).join("");
  const drawn = points.length > 1;
  const peak = Math.max(0, ...points.map((p) => p.rate));
  // A finished campaign that nobody watched from here has no line to show.
  if (!live && !drawn) return null;
  return (
    <Card>
      <CardHead
        title={t.monitor.rate}
        actions={
          <span className="text-muted-foreground">
            {!live && `${t.monitor.ratePeak} `}
            <b className="font-semibold text-foreground">{f.num(Math.round(live ? progress.rate : peak))}</b>
            {t.monitor.rateUnit}
          </span>
        }
      />
      <div className="p-4">
        {drawn ? (
          <>
            <div className="flex gap-2">
              <div
                aria-hidden
                className="flex w-8 shrink-0 flex-col justify-between text-right text-2xs text-muted-foreground"
              >
                <span>{f.num(top)}</span>
                <span>{f.num(top / 2)}</span>
                <span>0</span>
              </div>
              <LineDrawing
                label={`${t.monitor.rate} ${f.num(Math.round(progress.rate))}${t.monitor.rateUnit}`}
                line={line}
                width={WIDTH}
                height={HEIGHT}
                className="h-36"
              />
            </div>
            <div aria-hidden className="mt-1.5 flex justify-between pl-10 text-2xs text-muted-foreground">
              <span>{first && f.clockSeconds(first.at)}</span>
              <span>{last && f.clockSeconds(last.at)}</span>
            </div>
          </>
        ) : (
          <p className="flex h-36 items-center justify-center text-muted-foreground">
            {live ? t.monitor.rateSoon : t.monitor.rateEmpty}
          </p>
        )}
      </div>
    </Card>
  );
}
