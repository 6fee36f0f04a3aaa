"use client";

import { Lock, Merge } from "lucide-react";
import type { ReactNode } from "react";
import type { Pair, PairSide } from "@/api/types";
import { Avatar, Dot, TagChip } from "@/components/ui/badge";
import { useFormat, useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import { CELL, FieldLine, Line, type Picks, type Side } from "./field-line";

const GRID = "grid grid-cols-2 md:grid-cols-[84px_minmax(0,1fr)_minmax(0,1fr)_28px_minmax(0,1.12fr)] gap-x-2";

function Head({ side, className }: { side: PairSide; className?: string }) {
  const t = useT();
  const f = useFormat();
  return (
    <div className={cn("flex min-w-0 items-center gap-2.5 px-3 py-3", className)}>
      <Avatar name={side.name || t.duplicates.nameless} className="size-8 text-sm max-md:hidden" />
      <div className="min-w-0">
        <p className="truncate font-semibold">{side.name || t.duplicates.nameless}</p>
        <p className="truncate text-xs text-muted-foreground">
          {[
            side.source,
            f.koreanDay(side.createdAt).replaceAll("-", "."),
            side.rows > 0 && t.duplicates.rows(side.rows),
          ]
            .filter(Boolean)
            .join(" · ")}
        </p>
      </div>
    </div>
  );
}

function Consent({ state }: { state: PairSide["consent"] }) {
  const t = useT();
  const tone = { refused: "danger", granted: "success", none: "muted" } as const;
  return (
    <span className={cn("flex flex-1 items-center gap-2", state === "refused" && "font-semibold")}>
      <Dot tone={tone[state]} />
      {t.duplicates.consents[state]}
    </span>
  );
}

const STRICT: PairSide["consent"][] = ["refused", "granted", "none"];

/** Both contacts side by side, and what becomes of each value when they are merged. */
export function Compare({
  pair,
  picks,
  active,
  onPick,
}: {
  pair: Pair;
  picks: Picks;
  active: string | null;
  onPick: (field: string, side: Side) => void;
}) {
  const t = useT();
  const { a, b } = pair;
  const tags = [...new Set([...a.tags, ...b.tags])];
  const strictest = STRICT.find((state) => a.consent === state || b.consent === state) ?? "none";
  const small = "shrink-0 text-xs text-muted-foreground";
  const chips = (names: string[]) => (
    <span className="flex min-w-0 flex-1 flex-wrap gap-1">
      {names.length === 0 && <span className="text-muted-foreground">{t.duplicates.none}</span>}
      {names.map((name) => (
        <TagChip key={name} name={name} />
      ))}
    </span>
  );
  const plain = (side: PairSide, content: (side: PairSide) => ReactNode) => (
    <div className={CELL}>{content(side)}</div>
  );
  return (
    <div className={GRID}>
      <span className="max-md:hidden" />
      <Head side={a} />
      <Head side={b} />
      <span className="max-md:hidden" />
      <div className="rounded-t-lg border-x border-t border-brand/40 bg-brand-soft/40 px-3 pt-3 pb-1 max-md:hidden">
        <p className="flex items-center gap-1.5 font-semibold text-brand-fg">
          <Merge aria-hidden className="size-3.5" />
          {t.duplicates.after}
        </p>
        <p className="text-xs text-muted-foreground">{t.duplicates.afterHint}</p>
      </div>
      <div aria-hidden className="col-span-full border-b" />
      {pair.fields.map((field) => (
        <FieldLine
          key={field.field}
          pair={pair}
          field={field}
          picked={picks[field.field]}
          active={active === field.field}
          onPick={(side) => onPick(field.field, side)}
        />
      ))}
      <Line
        label={t.duplicates.consent}
        a={plain(a, (side) => <Consent state={side.consent} />)}
        b={plain(b, (side) => <Consent state={side.consent} />)}
        differ={a.consent !== b.consent}
        result={
          <>
            <Consent state={strictest} />
            <span className={cn(small, "flex items-center gap-1")}>
              <Lock aria-hidden className="size-3" />
              {t.duplicates.strictest}
            </span>
          </>
        }
      />
      <Line
        label={t.duplicates.tags}
        a={plain(a, (side) => chips(side.tags))}
        b={plain(b, (side) => chips(side.tags))}
        differ={false}
        result={
          <>
            {chips(tags)}
            <span className={small}>{t.duplicates.allKept}</span>
          </>
        }
      />
      <Line
        label={t.duplicates.history}
        a={plain(a, (side) => t.duplicates.activity(side.messages, side.replies))}
        b={plain(b, (side) => t.duplicates.activity(side.messages, side.replies))}
        differ={false}
        result={
          <>
            <span className="flex-1 font-medium">
              {t.duplicates.activity(a.messages + b.messages, a.replies + b.replies)}
            </span>
            <span className={small}>{t.duplicates.allKept}</span>
          </>
        }
      />
      <span className="max-md:hidden" />
      <span className="col-span-3 max-md:hidden" />
      <div className="h-2 rounded-b-lg border-x border-b border-brand/40 bg-brand-soft/40 max-md:hidden" />
    </div>
  );
}
