"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import { useAfterPaint } from "@/lib/hooks";
import { cn } from "@/lib/utils";

export interface Column {
  key: string;
  head: ReactNode;
  className?: string;
}

interface Props<T> {
  label: string;
  columns: Column[];
  /** One CSS grid for head and rows: a class such as `grid-cols-[44px_1fr_120px]`. */
  grid: string;
  rows: T[];
  rowKey: (row: T) => string;
  /** Cells only; memoise what is inside. */
  renderRow: (row: T, index: number) => ReactNode;
  rowClass?: (row: T, index: number) => string;
  onRowClick?: (row: T, index: number) => void;
  /** Every row there is, loaded or not; -1 when unknown. */
  total: number;
  rowHeight?: number;
  /** Kept in view when it changes (keyboard). */
  active?: number;
  /** The row that the keyboard stands on, in words: the focus stays on the page, so it has to be said. */
  spoken?: string;
  onNearEnd?: () => void;
  /** Rows of an older filter while the new ones are on their way. */
  stale?: boolean;
  foot?: ReactNode;
  minWidth?: string;
}

const AHEAD = 30;

/**
 * Only the rows in sight are in the page: 100,000 people scroll like a hundred. An ARIA table of divs, because a real
 * <table> can't have its rows taken out without losing its column widths.
 */
export function VirtualTable<T>({
  label,
  columns,
  grid,
  rows,
  rowKey,
  renderRow,
  rowClass,
  onRowClick,
  total,
  rowHeight = 38,
  active,
  spoken,
  onNearEnd,
  stale,
  foot,
  minWidth,
}: Props<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const settled = useAfterPaint();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: settled ? 12 : 2, // the rows in sight first
    // Rows stand in the first pass already, not in the one after the box was measured (a tenth of a second of a slow machine).
    initialRect: { width: 0, height: 760 },
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;

  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - AHEAD) onNearEnd?.();
  }, [last, rows.length, onNearEnd]);

  useEffect(() => {
    if (active !== undefined && active >= 0) virtual.scrollToIndex(active);
  }, [active, virtual]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new row height moves every row
  useEffect(() => {
    virtual.measure();
  }, [rowHeight, virtual]);

  return (
    <>
      <div
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        role="table"
        aria-label={label}
        aria-rowcount={total >= 0 ? total + 1 : -1}
        aria-colcount={columns.length}
        className="thin-scroll relative min-h-0 flex-1 overflow-auto outline-none focus-visible:outline-2 focus-visible:-outline-offset-2"
      >
        <div role="rowgroup" className={cn("sticky top-0 z-10 border-b bg-card max-md:sr-only", minWidth)}>
          <div
            role="row"
            aria-rowindex={1}
            className={cn("grid h-8 items-center px-5 text-xs text-muted-foreground", grid)}
          >
            {columns.map((column) => (
              <div key={column.key} role="columnheader" className={cn("min-w-0 truncate", column.className)}>
                {column.head}
              </div>
            ))}
          </div>
        </div>
        <div
          role="rowgroup"
          aria-busy={stale}
          className={cn("busy-bar", minWidth)}
          style={{ height: virtual.getTotalSize() }}
        >
          {items.map((item) => {
            const row = rows[item.index] as T;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard moves and opens rows through the shortcut layer
              <div
                key={rowKey(row)}
                role="row"
                aria-rowindex={item.index + 2}
                onClick={
                  onRowClick &&
                  ((event) => {
                    const inside = (event.target as Element).closest("button,a,input,label");
                    if (!inside) onRowClick(row, item.index);
                  })
                }
                className={cn(
                  "absolute inset-x-0 top-0 grid items-center border-b px-5 max-md:px-4",
                  grid,
                  onRowClick && "cursor-pointer hover:bg-muted",
                  rowClass?.(row, item.index),
                )}
                style={{ height: rowHeight, transform: `translateY(${item.start}px)` }}
              >
                {renderRow(row, item.index)}
              </div>
            );
          })}
        </div>
        {foot}
      </div>
      <p aria-live="polite" className="sr-only">
        {spoken}
      </p>
    </>
  );
}

export function Cell({ className, children }: { className?: string; children?: ReactNode }) {
  return (
    <div role="cell" className={cn("min-w-0", className)}>
      {children}
    </div>
  );
}
