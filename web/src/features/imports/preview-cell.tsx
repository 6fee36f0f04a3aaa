"use client";

import { Check, CircleAlert, EyeOff } from "lucide-react";
import type { PreviewCell } from "@/api/types";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { useFormat, useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import type { CellState } from "./cells";

export const GROUND: Record<CellState, string> = {
  plain: "",
  fixed: "bg-success-soft",
  interpreted: "bg-warning-soft",
  bad: "bg-danger-soft text-destructive",
  hidden: "bg-danger-soft text-destructive",
  ignored: "bg-muted text-muted-foreground",
};

function Body({ cell }: { cell: PreviewCell }) {
  const t = useT();
  const shown = cell.note === "refusal" ? t.contacts.refused : cell.value;
  return (
    <span className="flex w-full min-w-0 items-center gap-2">
      {cell.state === "hidden" ? (
        <span>••••••-•••••••</span>
      ) : cell.value !== cell.raw ? (
        <>
          <s className="max-w-40 shrink-0 truncate text-2xs text-muted-foreground">{cell.raw}</s>
          <span className={cn("truncate", cell.state === "interpreted" && "font-semibold")}>
            {shown || t.imports.blankCell}
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

const CELL = "h-[33px] max-w-64 border-r border-b px-2.5 last:border-r-0";

/** A cell; when something happens to it, a button that says what and why. */
export function PreviewCellBox({ cell, same }: { cell: PreviewCell; same?: number }) {
  const t = useT();
  const f = useFormat();
  if (cell.state === "ignored") return <td className={cn(CELL, GROUND.ignored)}>···</td>;
  if (cell.state === "plain") {
    return (
      <td className={CELL}>
        <span className="block truncate">{cell.value || cell.raw}</span>
      </td>
    );
  }
  const title = t.imports.cell[cell.state];
  return (
    <td className={cn(CELL, GROUND[cell.state], "p-0")}>
      <Popover>
        <PopoverTrigger
          data-problem={cell.state === "bad" || cell.state === "hidden" ? true : undefined}
          className="flex h-8 w-full items-center px-2.5 text-left focus-visible:-outline-offset-2 max-md:h-11"
        >
          <Body cell={cell} />
        </PopoverTrigger>
        <PopoverContent aria-label={title} className="w-[292px] p-3.5">
          <p className="font-semibold">{title}</p>
          <p className="mt-0.5 text-xs text-muted-foreground">{t.imports.notes[cell.note] ?? cell.message}</p>
          <p className="mt-2 flex items-baseline gap-2 text-xs text-muted-foreground">
            {cell.state !== "hidden" && (
              <span className="min-w-0 truncate">
                {t.imports.cell.original}: <b className="font-medium text-foreground">{cell.raw}</b>
              </span>
            )}
            {same !== undefined && same > 1 && (
              <span className="ml-auto shrink-0">{t.imports.sameProblem(f.num(same))}</span>
            )}
          </p>
        </PopoverContent>
      </Popover>
    </td>
  );
}
