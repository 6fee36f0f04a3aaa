import { cn } from "@/lib/utils";
import type { BadgeTone } from "./badge";

export type BarTone =
  | "brand"
  | "success"
  | "warning"
  | "danger"
  | "chart-1"
  | "chart-2"
  | "muted"
  | "hatched";

const FILL: Record<BarTone, string> = {
  brand: "bg-brand",
  success: "bg-success",
  warning: "bg-warning",
  danger: "bg-destructive",
  "chart-1": "bg-chart-1",
  "chart-2": "bg-chart-2",
  muted: "bg-border-strong",
  hatched: "hatched text-brand",
};

export interface BarPart {
  key: string;
  value: number;
  tone: BarTone;
}

interface Props {
  label: string;
  parts: BarPart[];
  max: number;
  className?: string;
}

/**
 * A bar to scale. Parts move by `transform`, so that a bar that grows four times a second never lays the page out again;
 * a part that is there at all is at least three pixels wide.
 */
export function StackedBar({ label, parts, max, className }: Props) {
  const done = parts.reduce((sum, part) => sum + part.value, 0);
  const share = (value: number) => (max > 0 ? Math.min(1, value / max) : 0);
  let before = 0;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(done, max)}
      className={cn("relative h-1.5 overflow-hidden rounded-full bg-muted", className)}
    >
      {parts.map((part) => {
        const start = before;
        before += part.value;
        if (part.value <= 0) return null;
        return (
          <span
            key={part.key}
            className="absolute inset-0 overflow-hidden transition-transform duration-300 ease-out"
            style={{ transform: `translateX(${share(start) * 100}%)` }}
          >
            <span
              className={cn(
                "absolute inset-y-0 left-0 w-full min-w-[3px] border-r border-card transition-transform duration-300 ease-out",
                FILL[part.tone],
              )}
              style={{
                transform: `translateX(calc(${(share(part.value) - 1) * 100}% + ${share(part.value) < 0.004 ? 3 : 0}px))`,
              }}
            />
          </span>
        );
      })}
    </div>
  );
}

/** A ring of 14 px for counts against a limit. */
export function Ring({
  share,
  tone = "brand",
}: {
  share: number;
  tone?: Extract<BadgeTone, "brand" | "warning" | "danger">;
}) {
  const length = 2 * Math.PI * 5.5;
  const colour = { brand: "text-brand", warning: "text-warning", danger: "text-destructive" }[tone];
  return (
    <svg aria-hidden viewBox="0 0 14 14" className="size-3.5 -rotate-90">
      <circle cx="7" cy="7" r="5.5" fill="none" strokeWidth="2" className="stroke-border-strong" />
      <circle
        cx="7"
        cy="7"
        r="5.5"
        fill="none"
        strokeWidth="2"
        stroke="currentColor"
        strokeLinecap="round"
        strokeDasharray={`${Math.min(1, share) * length} ${length}`}
        className={colour}
      />
    </svg>
  );
}
