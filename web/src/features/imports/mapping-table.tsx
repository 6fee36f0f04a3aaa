"use client";

import { Check, CircleAlert, EyeOff, ShieldAlert } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/field";
import { Keys } from "@/components/ui/kbd";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { useFormat, useT } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import { cn } from "@/lib/utils";
import { type CellState, type PreviewCell, readCell } from "./cells";

/** A column as the upload described it; after a reload without its reasons. */
export interface MappedColumn {
  index: number;
  name: string;
  target: string;
  confidence?: number;
  reason?: string;
}

interface Props {
  columns: MappedColumn[];
  rows: string[][];
  mapping: Record<string, string>;
  onMap: (column: string, target: string) => void;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const letter = (index: number) =>
  index < 26 ? LETTERS[index] : `${LETTERS[Math.floor(index / 26) - 1]}${LETTERS[index % 26]}`;
const SURE = 0.8;
const SHOWN = 8;

function Head({ column, target, onMap }: { column: MappedColumn; target: string; onMap: Props["onMap"] }) {
  const t = useT();
  const f = useFormat();
  const ignored = target === "ignore";
  const sensitive = ignored && /민감정보/.test(column.reason ?? "");
  const guessed = !ignored && target === column.target && column.confidence !== undefined;
  const confidence = guessed ? Math.min(0.99, column.confidence ?? 0) : 1;
  const unsure = guessed && confidence < SURE;
  return (
    <th
      scope="col"
      className={cn(
        "relative border-r border-b bg-card p-0 text-left align-top font-normal last:border-r-0",
        ignored && "bg-muted",
      )}
    >
      <div className="flex min-w-36 flex-col gap-1.5 px-2.5 pt-2.5 pb-3">
        <p className="truncate text-xs text-muted-foreground">
          <span className="mr-1.5 text-subtle">{letter(column.index)}</span>
          {column.name}
        </p>
        <Select
          aria-label={t.imports.mappingFor(column.name)}
          value={target}
          onChange={(event) => onMap(column.name, event.target.value)}
          className={cn(
            "h-7 pl-2 text-xs font-medium max-md:h-11",
            unsure && "border-warning",
            ignored && "border-dashed text-muted-foreground",
          )}
        >
          {Object.entries(t.imports.targets).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
        <p
          className={cn(
            "flex items-center gap-1 truncate text-xs",
            unsure ? "text-warning" : "text-muted-foreground",
          )}
        >
          {sensitive ? (
            <span className="flex items-center gap-1 text-destructive">
              <ShieldAlert aria-hidden className="size-3.5" />
              {t.imports.sensitive}
            </span>
          ) : (
            guessed && (
              <>
                <b className="font-semibold">{f.percent(confidence, 1, 0)}</b>
                {column.reason}
              </>
            )
          )}
        </p>
      </div>
      {!ignored && (
        <i
          aria-hidden
          className={cn(
            "absolute bottom-0 left-0 h-0.5 w-full origin-left",
            unsure ? "bg-warning" : "bg-success",
          )}
          style={{ transform: `scaleX(${confidence})` }}
        />
      )}
    </th>
  );
}

const GROUND: Record<CellState, string> = {
  plain: "",
  fixed: "bg-success-soft",
  interpreted: "bg-warning-soft",
  bad: "bg-danger-soft text-destructive",
  hidden: "bg-danger-soft text-destructive",
};

function CellBody({ cell }: { cell: PreviewCell }) {
  const t = useT();
  return (
    <span className="flex w-full min-w-0 items-center gap-2">
      {cell.state === "hidden" ? (
        <span>••••••-•••••••</span>
      ) : cell.value !== cell.raw ? (
        <>
          <s className="shrink-0 text-2xs text-muted-foreground">{cell.raw}</s>
          <span className={cn("truncate", cell.state === "interpreted" && "font-semibold")}>
            {cell.state === "interpreted" ? t.contacts.refused : cell.value}
          </span>
        </>
      ) : (
        <span className="truncate">{cell.raw}</span>
      )}
      {cell.state === "fixed" && <Check aria-hidden className="ml-auto size-3.5 shrink-0 text-success" />}
      {cell.state === "bad" && <CircleAlert aria-hidden className="ml-auto size-3.5 shrink-0" />}
      {cell.state === "hidden" && <EyeOff aria-hidden className="ml-auto size-3.5 shrink-0" />}
    </span>
  );
}

const CELL = "h-[33px] max-w-56 border-r border-b px-2.5 last:border-r-0";

function BodyCell({ raw, target }: { raw: string; target: string }) {
  const t = useT();
  if (target === "ignore")
    return <td className={cn(CELL, "bg-muted text-muted-foreground")}>{raw ? "···" : ""}</td>;
  const cell = readCell(target, raw);
  if (cell.state === "plain") {
    return (
      <td className={CELL}>
        <CellBody cell={cell} />
      </td>
    );
  }
  return (
    <td className={cn(CELL, GROUND[cell.state], "p-0")}>
      <Popover>
        <PopoverTrigger
          data-problem={cell.state === "fixed" ? undefined : true}
          className="flex h-8 w-full items-center px-2.5 text-left focus-visible:-outline-offset-2"
        >
          <CellBody cell={cell} />
        </PopoverTrigger>
        <PopoverContent aria-label={t.imports.cell[cell.state]} className="w-[292px] p-3.5">
          <p className="font-semibold">{t.imports.cell[cell.state]}</p>
          <p className="mt-0.5 text-xs text-muted-foreground">{t.imports.notes[cell.note]}</p>
          {cell.state !== "hidden" && (
            <p className="mt-2 text-xs text-muted-foreground">
              {t.imports.cell.original}: <b className="font-medium text-foreground">{cell.raw}</b>
            </p>
          )}
        </PopoverContent>
      </Popover>
    </td>
  );
}

export function MappingTable({ columns, rows, mapping, onMap }: Props) {
  const t = useT();
  const f = useFormat();
  const [all, setAll] = useState(false);
  const table = useRef<HTMLTableElement>(null);
  const nextProblem = () => {
    const cells = [...(table.current?.querySelectorAll<HTMLElement>("[data-problem]") ?? [])];
    const at = cells.indexOf(document.activeElement as HTMLElement);
    cells[(at + 1) % cells.length]?.focus();
  };
  useShortcuts([{ combo: "f8", name: "nextProblem", group: "screen", typing: true, run: nextProblem }]);
  return (
    <>
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
                <Head
                  key={column.name}
                  column={column}
                  target={mapping[column.name] ?? column.target}
                  onMap={onMap}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {(all ? rows : rows.slice(0, SHOWN)).map((row, number) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the rows of a file are known by their number
              <tr key={number}>
                <th
                  scope="row"
                  className="sticky left-0 border-r border-b bg-card px-2.5 text-xs font-normal text-muted-foreground"
                >
                  {f.num(number + 1)}
                </th>
                {columns.map((column) => (
                  <BodyCell
                    key={column.name}
                    raw={row[column.index] ?? ""}
                    target={mapping[column.name] ?? column.target}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="flex min-h-10 flex-wrap items-center gap-x-4 gap-y-1 border-b px-5 py-1.5 text-xs text-muted-foreground max-md:px-4">
        {rows.length === 0 ? (
          t.imports.noPreview
        ) : (
          <>
            {(["fixed", "interpreted", "bad"] as const).map((state) => (
              <span key={state} className="flex items-center gap-1.5">
                <i aria-hidden className={cn("size-3 rounded-[3px] border", GROUND[state])} />
                {t.imports.legend[state]}
              </span>
            ))}
            {rows.length > SHOWN && (
              <Button variant="ghost" size="sm" onClick={() => setAll(!all)}>
                {all ? t.common.less : t.imports.moreRows(rows.length)}
              </Button>
            )}
            <span className="ml-auto flex items-center gap-2 max-md:hidden">
              {t.imports.nextProblem}
              <Keys combo="f8" />
            </span>
          </>
        )}
      </div>
    </>
  );
}
