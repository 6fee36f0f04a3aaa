"use client";

import { useState } from "react";
import { LineDrawing } from "@/components/line-drawing";
import { Card, CardHead } from "@/components/ui/card";
import { Segmented } from "@/components/ui/segmented";
import { Rich, useFormat } from "@/lib/i18n";
import { type Results, useResultWords } from "./queries";

const WIDTH = 600;
const HEIGHT = 150;

/** Clicks, or deliveries, per stretch of time since the send began. Stretches without anybody are zero, not missing. */
export function CurveCard({ found }: { found: Results }) {
  const w = useResultWords();
  const f = useFormat();
  const { points, bucketSeconds } = found.curve;
  const clicked = points.reduce((sum, one) => sum + one.clicked, 0);
  const delivered = points.reduce((sum, one) => sum + one.delivered, 0);
  const [chosen, setChosen] = useState<"clicked" | "delivered" | null>(null);
  const shown = chosen ?? (clicked > 0 ? "clicked" : "delivered");
  const start = Date.parse(found.launchedAt ?? found.asOf);
  const last = points.at(-1);
  const count = last ? Math.round((Date.parse(last.at) - start) / 1000 / bucketSeconds) + 1 : 0;
  const values = new Array<number>(Math.max(1, count)).fill(0);
  for (const one of points) {
    const at = Math.round((Date.parse(one.at) - start) / 1000 / bucketSeconds);
    if (at >= 0 && at < values.length) values[at] = one[shown];
  }
  const top = Math.max(1, ...values);
  const x = (at: number) => (at / values.length) * WIDTH;
  const y = (value: number) => HEIGHT - (value / top) * HEIGHT;
  // What came within a stretch stands in its middle; before the first and after the last there was nobody.
  const tops = values.map((value, at) => `L${x(at + 0.5).toFixed(1)},${y(value).toFixed(1)}`).join("");
  const line = `M0,${HEIGHT}${tops}L${WIDTH},${HEIGHT}`;
  const half = found.clicks.medianSeconds;
  const ends = start + values.length * bucketSeconds * 1000;
  return (
    <Card>
      <CardHead
        title={w.curve}
        hint={half !== null && <Rich text={w.half(f.duration(half))} />}
        actions={
          <Segmented
            label={w.curve}
            value={shown}
            onChange={setChosen}
            options={[
              { value: "clicked", label: w.showClicked },
              { value: "delivered", label: w.showDelivered },
            ]}
          />
        }
      />
      <div className="p-4">
        {points.length === 0 ? (
          <p className="flex h-40 items-center justify-center text-muted-foreground">{w.curveEmpty}</p>
        ) : (
          <>
            <div className="flex gap-2">
              <div
                aria-hidden
                className="flex w-10 shrink-0 flex-col justify-between text-right text-2xs text-muted-foreground"
              >
                <span>{f.num(top)}</span>
                <span>0</span>
              </div>
              <LineDrawing
                label={w.curveLabel(delivered, clicked)}
                line={line}
                width={WIDTH}
                height={HEIGHT}
                className="h-40"
              >
                {shown === "clicked" && half !== null && (
                  <line
                    x1={x(half / bucketSeconds)}
                    x2={x(half / bucketSeconds)}
                    y1="0"
                    y2={HEIGHT}
                    stroke="currentColor"
                    strokeDasharray="3 3"
                    vectorEffect="non-scaling-stroke"
                  />
                )}
              </LineDrawing>
            </div>
            <div aria-hidden className="mt-1.5 flex justify-between pl-12 text-2xs text-muted-foreground">
              <span>{f.clock(start)}</span>
              <span>{f.clock(ends)}</span>
            </div>
          </>
        )}
      </div>
    </Card>
  );
}
