"use client";

import { type ReactNode, useRef, useState } from "react";
import type { Forecast, ImportColumn, PreviewRow } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Keys } from "@/components/ui/kbd";
import { Segmented } from "@/components/ui/segmented";
import { useFormat, useT } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import { cn } from "@/lib/utils";
import { rowsToShow, telling, yearsRead } from "./cells";
import { ColumnHead } from "./column-head";
import { GROUND, PreviewCellBox } from "./preview-cell";

interface Props {
  columns: ImportColumn[];
  rows: PreviewRow[];
  mapping: Record<string, string>;
  forecast: Forecast | null | undefined;
  /** A new mapping is on its way: the cells are those of the old one. */
  stale: boolean;
  onMap: (column: string, target: string) => void;
  children?: ReactNode;
}

const SHOWN = 8;

/** The sheet itself: its head is the form, its cells say what becomes of them. */
export function MappingTable({ columns, rows, mapping, forecast, stale, onMap, children }: Props) {
  const t = useT();
  const f = useFormat();
  const touched = rowsToShow(rows, "touched");
  const [which, setWhich] = useState<"first" | "touched">(touched.length > 0 ? "touched" : "first");
  const [all, setAll] = useState(false);
  const table = useRef<HTMLTableElement>(null);
  const shown = rowsToShow(rows, which);
  const some = all ? shown : which === "touched" ? telling(shown, SHOWN) : shown.slice(0, SHOWN);
  const several = new Set(rows.map((row) => row.sheet)).size > 1;
  const same = new Map(forecast?.problems?.map((one) => [one.code, one.count]));

  const nextProblem = () => {
    const cells = [...(table.current?.querySelectorAll<HTMLElement>("[data-problem]") ?? [])];
    const at = cells.indexOf(document.activeElement as HTMLElement);
    cells[(at + 1) % cells.length]?.focus();
  };
  useShortcuts([{ combo: "f8", name: "nextProblem", group: "screen", typing: true, run: nextProblem }]);

  return (
    <>
      {children}
      <div
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide sheet scrolls sideways and must be reachable by keyboard
        tabIndex={0}
        role="group"
        aria-label={t.imports.steps[1]}
        className="thin-scroll overflow-x-auto border-b focus-visible:-outline-offset-2"
      >
        <table ref={table} className="w-full border-separate border-spacing-0 text-sm whitespace-nowrap">
          <thead>
            <tr>
              <th
                scope="col"
                className="sticky left-0 z-10 w-13 border-r border-b bg-card px-2.5 pb-3 align-bottom text-xs font-normal text-muted-foreground"
              >
                {t.imports.row}
              </th>
              {columns.map((column) => (
                <ColumnHead
                  key={column.name}
                  column={column}
                  target={mapping[column.name] ?? column.target}
                  years={yearsRead(rows, column.index)}
                  onMap={onMap}
                />
              ))}
            </tr>
          </thead>
          <tbody aria-busy={stale} className="busy-bar">
            {some.map((row) => (
              <tr key={`${row.sheet} ${row.row}`}>
                <th
                  scope="row"
                  className="sticky left-0 z-10 border-r border-b bg-card px-2.5 text-left text-xs font-normal text-muted-foreground"
                >
                  {several && <span className="mr-1">{row.sheet}</span>}
                  {f.num(row.row)}
                </th>
                {columns.map((column) => {
                  const cell = row.cells[column.index];
                  return cell ? (
                    <PreviewCellBox key={column.name} cell={cell} same={same.get(cell.note)} />
                  ) : null;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="flex min-h-10 flex-wrap items-center gap-x-4 gap-y-1 border-b px-5 py-1.5 text-xs text-muted-foreground max-md:px-4">
        <Segmented
          label={t.imports.whichRows}
          value={which}
          onChange={(next) => {
            setWhich(next);
            setAll(false);
          }}
          options={[
            { value: "first", label: t.imports.firstRows },
            { value: "touched", label: t.imports.touchedRows(touched.length) },
          ]}
        />
        {shown.length === 0 && <span>{t.imports.problemsNone}</span>}
        {(["fixed", "interpreted", "bad"] as const).map((state) => (
          <span key={state} className="flex items-center gap-1.5">
            <i aria-hidden className={cn("size-3 rounded-[3px] border", GROUND[state])} />
            {t.imports.legend[state]}
          </span>
        ))}
        {shown.length > SHOWN && (
          <Button variant="ghost" size="sm" onClick={() => setAll(!all)}>
            {all ? t.common.less : t.imports.moreRows(shown.length)}
          </Button>
        )}
        <span className="ml-auto flex items-center gap-2 max-md:hidden">
          {t.imports.nextProblem}
          <Keys combo="f8" />
        </span>
      </div>
    </>
  );
}
