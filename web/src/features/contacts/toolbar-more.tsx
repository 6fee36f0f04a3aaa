"use client";

import { Layers, ListFilterPlus, Save, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { OptionList } from "@/components/filter-chip";
import { Button } from "@/components/ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { cn } from "@/lib/utils";
import { useSegments } from "../segments/queries";
import { type Filter, joined } from "./filter";
import { useKeepAsSegment } from "./keep-as-segment";
import { useWorkWords } from "./work-words";

const FilterDialog = lazy(() =>
  import("../segments/filter-dialog").then((m) => ({ default: m.FilterDialog })),
);

interface Props {
  segmentId: string | null;
  onSegment: (id: string | null) => void;
  /** What no chip can say. Kept in memory only: it may hold names and numbers. */
  extra: Filter;
  onExtra: (filter: Filter) => void;
  chips: Filter;
}

const chip =
  "press inline-flex h-7 shrink-0 items-center rounded-md border text-xs font-medium max-md:h-9 [&_svg]:size-3.5";
const idle = "border-dashed border-border-strong text-muted-foreground";
const set = "border-brand/35 bg-brand-soft text-brand-fg";

function conditionsIn(filter: Filter): number {
  if ("field" in filter) return 1;
  const inner = Object.values(filter).flat() as Filter[];
  return inner.reduce((sum, one) => sum + conditionsIn(one), 0);
}

/** Beside the chips: a saved segment, and every condition that they don't have. */
export function ToolbarMore({ segmentId, onSegment, extra, onExtra, chips }: Props) {
  const t = useT();
  const w = useWorkWords();
  const segments = useSegments();
  const [choosing, setChoosing] = useState(false);
  const [building, setBuilding] = useState(false);
  const keep = useKeepAsSegment();
  const count = conditionsIn(extra);
  const segment = segments.data?.find((one) => one.id === segmentId);
  const all = joined([chips, extra]);
  return (
    <>
      <Popover open={choosing} onOpenChange={setChoosing}>
        <span className={cn(chip, segmentId ? set : idle)}>
          <PopoverTrigger
            className={cn(
              "flex h-full items-center gap-1.5 rounded-md pl-2 hover:text-foreground",
              segmentId ? "max-w-56 pr-1" : "pr-2.5",
            )}
          >
            <Layers aria-hidden />
            {w.segment}
            {segmentId && (
              <>
                <span aria-hidden className="h-3 w-px bg-brand/30" />
                <span className="truncate">{segment?.name ?? "…"}</span>
              </>
            )}
          </PopoverTrigger>
          {segmentId && (
            <button
              type="button"
              aria-label={`${w.segment} ${t.common.clear}`}
              onClick={() => onSegment(null)}
              className="flex h-full items-center rounded-r-md px-1.5 hover:bg-brand/10"
            >
              <X aria-hidden />
            </button>
          )}
        </span>
        <PopoverContent aria-label={w.segment} className="w-60 overflow-hidden">
          {segments.data?.length === 0 ? (
            <p className="p-3 text-xs text-muted-foreground">{w.segmentNone}</p>
          ) : (
            <OptionList
              label={w.segment}
              placeholder={w.segmentFind}
              options={(segments.data ?? []).map((one) => ({ value: one.id, label: one.name }))}
              value={segmentId ? [segmentId] : []}
              onChoose={(id) => {
                setChoosing(false);
                onSegment(id === segmentId ? null : id);
              }}
              searchable
            />
          )}
          <div className="border-t p-1">
            <Link
              href={segments.data?.length === 0 ? "/contacts/segments/new" : "/contacts/segments"}
              className="flex h-8 items-center rounded-sm px-2 text-sm text-muted-foreground hover:bg-accent max-md:h-11"
            >
              {segments.data?.length === 0 ? w.segmentMake : w.segmentsAll}
            </Link>
          </div>
        </PopoverContent>
      </Popover>
      <span className={cn(chip, count > 0 ? set : idle)}>
        <button
          type="button"
          onClick={() => setBuilding(true)}
          className={cn(
            "flex h-full items-center gap-1.5 rounded-md pl-2 hover:text-foreground",
            count > 0 ? "pr-1" : "pr-2.5",
          )}
        >
          <ListFilterPlus aria-hidden />
          {count > 0 ? w.conditions(count) : w.more}
        </button>
        {count > 0 && (
          <button
            type="button"
            aria-label={`${w.conditions(count)} ${t.common.clear}`}
            onClick={() => onExtra({})}
            className="flex h-full items-center rounded-r-md px-1.5 hover:bg-brand/10"
          >
            <X aria-hidden />
          </button>
        )}
      </span>
      {!segmentId && Object.keys(all).length > 0 && (
        <Button variant="ghost" size="sm" onClick={() => keep(all)}>
          <Save aria-hidden />
          {w.keep}
        </Button>
      )}
      <Suspense>
        {building && (
          <FilterDialog
            filter={extra}
            onFilter={(next) => {
              onExtra(next);
              setBuilding(false);
            }}
            onKeep={(next) => keep(joined([chips, next]))}
            onClose={() => setBuilding(false)}
          />
        )}
      </Suspense>
    </>
  );
}
