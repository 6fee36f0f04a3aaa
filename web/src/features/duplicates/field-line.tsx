"use client";

import { ArrowRight, Check } from "lucide-react";
import type { ReactNode } from "react";
import type { Pair, PairField } from "@/api/types";
import { useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import { differing, type Parts } from "./diff";
import { useWords } from "./words";

export type Side = "a" | "b";
export type Picks = Record<string, Side>;

export const CELL = "flex min-h-[43px] min-w-0 items-center gap-2 rounded-md px-3 py-1.5";
const RESULT =
  "flex min-h-[43px] min-w-0 items-center gap-2 border-brand/40 bg-brand-soft/40 px-3 py-1.5 max-md:col-span-2 max-md:mb-2 max-md:rounded-md md:border-x";

export function labelOf(field: string, names: Record<string, string>): string {
  return names[field] ?? field.replace(/^attributes\./, "");
}

function Marked({ parts, text }: { parts: Parts | undefined; text: string }) {
  if (!parts) return text;
  return (
    <>
      {parts.head}
      {parts.changed && (
        <mark className="rounded-xs bg-warning-soft px-0.5 text-warning">{parts.changed}</mark>
      )}
      {parts.tail}
    </>
  );
}

function Disc({ on }: { on: boolean }) {
  return (
    <span
      aria-hidden
      className={cn(
        "flex size-[15px] shrink-0 items-center justify-center rounded-full border",
        on ? "border-brand bg-brand text-white dark:text-background" : "border-border-strong",
      )}
    >
      {on && <Check className="size-2.5" strokeWidth={3} />}
    </span>
  );
}

/** A line of three cells with its name before it; on a phone the name stands above and the result below. */
export function Line({
  label,
  a,
  b,
  result,
  differ,
}: {
  label: string;
  a: ReactNode;
  b: ReactNode;
  result: ReactNode;
  differ: boolean;
}) {
  return (
    <>
      <div className="flex items-center text-muted-foreground max-md:col-span-2 max-md:pt-2 max-md:text-xs">
        {label}
      </div>
      {a}
      {b}
      <div className="flex items-center justify-center max-md:hidden">
        <ArrowRight aria-hidden className={cn("size-3.5", differ ? "text-brand-fg" : "text-border-strong")} />
      </div>
      <div className={RESULT}>{result}</div>
      <div aria-hidden className="col-span-full border-b" />
    </>
  );
}

export function FieldLine({
  pair,
  field,
  picked,
  active,
  onPick,
}: {
  pair: Pair;
  field: PairField;
  picked: Side | undefined;
  active: boolean;
  onPick: (side: Side) => void;
}) {
  const t = useT();
  const words = useWords();
  const label = labelOf(field.field, t.duplicates.fields);
  const chosen = picked ?? field.chosen;
  const parts = pair.masked || field.chosen === "both" ? null : differing(field.a[0] ?? "", field.b[0] ?? "");
  const cell = (side: Side) => {
    const values = field[side];
    const on = chosen === side || (chosen === "both" && values.length > 0);
    const content = (
      <span className={cn("min-w-0 flex-1 break-words", values.length === 0 && "text-muted-foreground")}>
        {values.length === 0
          ? t.duplicates.none
          : values.map((text) => (
              <span key={text} className="block">
                <Marked parts={parts?.[side === "a" ? 0 : 1]} text={text} />
              </span>
            ))}
      </span>
    );
    if (!field.choosable) {
      return (
        <div className={cn(CELL, field.rule === "same" && "text-muted-foreground")}>
          {content}
          {field.rule !== "same" && values.length > 0 && <Disc on />}
        </div>
      );
    }
    return (
      <button
        type="button"
        aria-pressed={on}
        aria-label={t.duplicates.choose(label, values.join(", ") || t.duplicates.none)}
        onClick={() => onPick(side)}
        className={cn(
          CELL,
          "press text-left hover:bg-accent",
          on && "bg-brand-soft/60 font-medium hover:bg-brand-soft/60",
          active && on && "ring-2 ring-brand",
        )}
      >
        {content}
        <Disc on={on} />
      </button>
    );
  };
  const result = chosen === "both" ? [...new Set([...field.a, ...field.b])] : field[chosen];
  return (
    <Line
      label={label}
      a={cell("a")}
      b={cell("b")}
      differ={field.choosable}
      result={
        <>
          <span className="min-w-0 flex-1 break-words font-medium">{result.join(", ")}</span>
          <span
            className={cn(
              "shrink-0 text-xs text-muted-foreground",
              field.rule === "check" && !picked && "font-medium text-warning",
            )}
          >
            {picked ? t.duplicates.chosen : words.rule(field)}
          </span>
        </>
      }
    />
  );
}
