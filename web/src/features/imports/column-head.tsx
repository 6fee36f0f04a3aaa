"use client";

import { ShieldAlert } from "lucide-react";
import type { ImportColumn, PreviewCell } from "@/api/types";
import { Select } from "@/components/ui/field";
import { koreanDay } from "@/lib/format";
import { useFormat, useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const letter = (index: number) =>
  index < 26 ? LETTERS[index] : `${LETTERS[Math.floor(index / 26) - 1]}${LETTERS[index % 26]}`;
const SURE = 0.8;

interface Props {
  column: ImportColumn;
  target: string;
  /** Two-digit years of the column and how they are read. */
  years: PreviewCell[];
  onMap: (column: string, target: string) => void;
}

/** Where a column goes, how sure we are (never 100%) and why. */
export function ColumnHead({ column, target, years, onMap }: Props) {
  const t = useT();
  const f = useFormat();
  const ignored = target === "ignore";
  const sensitive = ignored && column.why === "sensitive";
  const guessed = target === column.target;
  const confidence = guessed ? Math.min(0.99, column.confidence) : 1;
  // "98% 번호 모양": the share of the cells is the figure; how sure we are beside it would only be a riddle.
  const share = column.share === null ? confidence : Math.min(0.99, column.share);
  const unsure = guessed && !ignored && confidence < SURE;
  return (
    <th
      scope="col"
      className={cn(
        "relative border-r border-b bg-card p-0 text-left align-top font-normal last:border-r-0",
        ignored && "bg-muted",
      )}
    >
      <div className="flex min-w-36 flex-col gap-1.5 px-2.5 pt-2.5 pb-3">
        <p className="max-w-64 truncate text-xs text-muted-foreground" title={column.name}>
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
            "flex min-h-4 items-center gap-1 truncate text-xs",
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
                {!ignored && <b className="font-semibold">{f.percent(share, 1, 0)}</b>}
                {column.why === "looks" ? t.imports.looks[column.target] : t.imports.why[column.why]}
              </>
            )
          )}
        </p>
        {target === "birth" && (
          <p className="max-w-80 text-xs whitespace-normal text-muted-foreground">
            {t.imports.twoDigits(Number(koreanDay(Date.now()).slice(2, 4)))}{" "}
            <b className="font-medium text-foreground">
              {years.length > 0 ? years.map((one) => `${one.raw} → ${one.value}`).join(", ") : "65 → 1965"}
            </b>
          </p>
        )}
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
