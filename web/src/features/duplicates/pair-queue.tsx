"use client";

import { Check, ChevronDown } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Pair } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Keys } from "@/components/ui/kbd";
import { Menu, MenuContent, MenuRadioGroup, MenuRadioItem, MenuTrigger } from "@/components/ui/popover";
import { useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import { useWords } from "./words";
import { type Answer, order, type Work } from "./work";

export interface Group {
  group: Pair["group"];
  label: string;
  open: number;
}

interface Props {
  groups: Group[];
  pairs: Pair[];
  work: Work;
  filter: Pair["group"] | null;
  onFilter: (group: Pair["group"] | null) => void;
  onOpen: (id: string) => void;
  onMore: (() => void) | null;
  loading: boolean;
}

function Row({
  pair,
  answer,
  current,
  onOpen,
}: {
  pair: Pair;
  answer?: Answer;
  current: boolean;
  onOpen: () => void;
}) {
  const t = useT();
  const words = useWords();
  const element = useRef<HTMLButtonElement>(null);
  const against = pair.evidence.find((one) => one.weight === "against");
  useEffect(() => {
    if (current) element.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  return (
    <button
      ref={element}
      type="button"
      onClick={onOpen}
      disabled={answer !== undefined}
      aria-current={current ? "true" : undefined}
      className={cn(
        "press flex min-h-12 w-full flex-col justify-center gap-0.5 rounded-md px-2 text-left hover:bg-accent disabled:hover:bg-transparent",
        current && "bg-brand-soft hover:bg-brand-soft",
      )}
    >
      <span className="flex w-full items-center gap-1.5">
        <span className={cn("min-w-0 flex-1 truncate font-medium", answer && "text-muted-foreground")}>
          {pair.a.name || t.duplicates.nameless}
          <span className="mx-1 text-muted-foreground">–</span>
          {pair.b.name || t.duplicates.nameless}
        </span>
        {answer && (
          <span className="flex shrink-0 items-center gap-1 text-xs text-success">
            <Check aria-hidden className="size-3" />
            {t.duplicates.states[answer.decision]}
          </span>
        )}
      </span>
      <span className={cn("truncate text-xs text-muted-foreground", current && "text-brand-fg")}>
        {answer && "by" in answer
          ? answer.by
            ? t.duplicates.takenBy(answer.by)
            : t.duplicates.takenBySomeone
          : against
            ? words.evidence(against)
            : words.reason(pair)}
      </span>
    </button>
  );
}

/** What is left to ask, by reason. Answered rows stay in their place until their group is left. */
export function PairQueue({ groups, pairs, work, filter, onFilter, onOpen, onMore, loading }: Props) {
  const t = useT();
  const words = useWords();
  const here = pairs.find((pair) => pair.id === work.current)?.group;
  const label = filter ? groups.find((group) => group.group === filter) : undefined;
  const ids = order(
    pairs.map((pair) => pair.id),
    work,
  );
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-11 shrink-0 items-center justify-between border-b px-3">
        <Menu>
          <MenuTrigger asChild>
            <Button variant="ghost" size="sm" className="-ml-2 text-sm text-foreground max-md:h-11">
              {label ? words.group(label) : t.duplicates.allReasons}
              <ChevronDown aria-hidden />
            </Button>
          </MenuTrigger>
          <MenuContent align="start">
            <MenuRadioGroup
              value={filter ?? ""}
              onValueChange={(value) => onFilter(value === "" ? null : (value as Pair["group"]))}
            >
              <MenuRadioItem value="">{t.duplicates.allReasons}</MenuRadioItem>
              {groups.map((group) => (
                <MenuRadioItem key={group.group} value={group.group}>
                  {words.group(group)} {group.open}
                </MenuRadioItem>
              ))}
            </MenuRadioGroup>
          </MenuContent>
        </Menu>
        <span className="flex gap-1">
          <Keys combo="j" />
          <Keys combo="k" />
        </span>
      </div>
      <nav
        aria-label={t.duplicates.queue}
        className="thin-scroll min-h-0 flex-1 overflow-y-auto px-2 pt-2 pb-4"
      >
        {groups.map((group) => {
          const rows = pairs.filter(
            (pair) => pair.group === group.group && (!work.answers[pair.id] || pair.group === here),
          );
          const shown = rows.filter((pair) => !work.answers[pair.id]).length;
          const hidden = filter && filter !== group.group ? 0 : Math.max(0, group.open - shown);
          if (rows.length === 0 && hidden === 0) return null;
          const sorted = [...rows].sort((x, y) => place(ids, pairs, work, x) - place(ids, pairs, work, y));
          return (
            <section key={group.group} className="mb-2">
              <h2 className="flex h-8 items-center justify-between px-2 text-xs text-muted-foreground">
                {words.group(group)}
                <span>{group.open}</span>
              </h2>
              {sorted.map((pair) => (
                <Row
                  key={pair.id}
                  pair={pair}
                  answer={work.answers[pair.id]}
                  current={pair.id === work.current}
                  onOpen={() => onOpen(pair.id)}
                />
              ))}
              {hidden > 0 && onMore && (
                <Button
                  variant="ghost"
                  size="sm"
                  busy={loading}
                  onClick={onMore}
                  className="font-normal max-md:h-11"
                >
                  {t.duplicates.more(hidden)}
                </Button>
              )}
            </section>
          );
        })}
      </nav>
    </div>
  );
}

/** Answered rows keep their place; those put off go to the end of their group. */
function place(ids: string[], pairs: Pair[], work: Work, pair: Pair): number {
  const at = pairs.indexOf(pair);
  return work.later.includes(pair.id) ? pairs.length + ids.indexOf(pair.id) : at;
}
