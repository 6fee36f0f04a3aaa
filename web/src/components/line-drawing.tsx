import type { ReactNode } from "react";
import { cn } from "@/lib/utils";

/** A line over time with its area and three grid lines, drawn by hand: a chart library would be 100 kB. `line`: an SVG path
 * within width × height; `children`: marks on top. */
export function LineDrawing({
  label,
  line,
  width,
  height,
  className,
  children,
}: {
  label: string;
  line: string;
  width: number;
  height: number;
  className?: string;
  children?: ReactNode;
}) {
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      className={cn("min-w-0 flex-1 overflow-visible text-brand", className)}
    >
      {[0, 0.5, 1].map((at) => (
        <line
          key={at}
          x1="0"
          x2={width}
          y1={at * height}
          y2={at * height}
          className="stroke-border"
          strokeDasharray={at === 0.5 ? "4 4" : undefined}
          vectorEffect="non-scaling-stroke"
        />
      ))}
      <path d={`${line}L${width},${height}L0,${height}Z`} fill="currentColor" fillOpacity="0.1" />
      <path
        d={line}
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
      {children}
    </svg>
  );
}
