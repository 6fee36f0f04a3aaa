"use client";

import { CircleCheck, List, Minus, Plus, X } from "lucide-react";
import { useMemo, useState } from "react";
import type { Pair } from "@/api/types";
import { PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { Dialog, SheetContent } from "@/components/ui/dialog";
import { StackedBar } from "@/components/ui/progress";
import { Empty, Failure, Skeleton } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import { Link, useSearch } from "@/lib/router";
import { undoLast } from "@/lib/toast";
import { cn } from "@/lib/utils";
import { Compare } from "./compare";
import { Decisions } from "./decisions";
import { type Group, PairQueue } from "./pair-queue";
import { useDuplicateCounts, usePairs } from "./queries";
import { Said } from "./said";
import { useWorkbench } from "./use-workbench";
import { useWords } from "./words";
import type { Decision, Work } from "./work";

function Reasons({ pair }: { pair: Pair }) {
  const words = useWords();
  const tone = {
    for: "bg-success-soft text-success",
    weak: "bg-secondary text-foreground",
    against: "bg-danger-soft text-destructive",
  };
  return (
    <ul className="flex flex-wrap gap-1.5">
      {pair.evidence.map((one) => (
        <li
          key={one.code}
          className={cn("flex h-6 items-center gap-1 rounded-sm px-2 text-xs font-medium", tone[one.weight])}
        >
          {one.weight === "against" ? (
            <Minus aria-hidden className="size-3" />
          ) : (
            <Plus aria-hidden className="size-3" />
          )}
          {words.evidence(one)}
        </li>
      ))}
    </ul>
  );
}

function Loading() {
  return (
    <div aria-hidden className="flex flex-col gap-4 p-6">
      <Skeleton className="h-6 w-48" />
      {[1, 2, 3, 4, 5].map((row) => (
        <Skeleton key={row} className="h-9 w-full" />
      ))}
    </div>
  );
}

/** The server counts the whole queue; of one person's pairs only those that are here are left. */
function inPairs(groups: Group[], pairs: Pair[], work: Work): Group[] {
  return groups.map((group) => ({
    ...group,
    open: pairs.filter((pair) => pair.group === group.group && !work.answers[pair.id]).length,
  }));
}

/** One doubtful pair after the other: digits decide and go on, Z takes back, arrows choose values. */
export function DuplicatesPage() {
  const t = useT();
  const f = useFormat();
  const words = useWords();
  const [filter, setFilter] = useState<Pair["group"] | null>(null);
  const [listed, setListed] = useState(false);
  const [field, setField] = useState(0);
  const [search, setSearch] = useSearch();
  const contact = search.get("contact");
  const list = usePairs(filter, contact);
  const counts = useDuplicateCounts().data ?? list.data?.pages[0];
  const pairs = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const { work, dispatch, decide, takeBack, pick, picks, pace } = useWorkbench(pairs);
  useTitle(t.duplicates.title);

  const pair = pairs.find((one) => one.id === work.current) ?? null;
  const ids = pairs.map((one) => one.id);
  const choosable = pair?.fields.filter((one) => one.choosable) ?? [];
  const active = choosable[Math.min(field, choosable.length - 1)] ?? null;
  const answer = (decision: Decision) => {
    if (!pair) return;
    setField(0);
    decide(pair, decision);
    if (list.hasNextPage && !list.isFetchingNextPage && ids.filter((id) => !work.answers[id]).length < 10) {
      void list.fetchNextPage();
    }
  };
  const later = () => pair && dispatch({ type: "later", ids, id: pair.id });
  const choose = (side: "a" | "b") => pair && active && pick(pair.id, active.field, side);
  const back = () => {
    const last = work.trail.at(-1);
    if (!last) undoLast();
    else void takeBack(last);
  };
  useShortcuts([
    { combo: "1", name: "merge", group: "screen", run: () => answer("merge") },
    { combo: "2", name: "separate", group: "screen", run: () => answer("separate") },
    { combo: "3", name: "shared", group: "screen", run: () => answer("shared") },
    { combo: "0", name: "later", group: "screen", run: () => later() },
    { combo: "z", name: "undo", group: "screen", run: back },
    { combo: "j", name: "nextPair", group: "list", run: () => dispatch({ type: "step", ids, by: 1 }) },
    { combo: "k", name: "previousPair", group: "list", run: () => dispatch({ type: "step", ids, by: -1 }) },
    {
      combo: "arrowdown",
      name: "nextField",
      group: "screen",
      run: () => setField(Math.min(field + 1, Math.max(0, choosable.length - 1))),
    },
    {
      combo: "arrowup",
      name: "previousField",
      group: "screen",
      run: () => setField(Math.max(0, field - 1)),
    },
    { combo: "arrowleft", name: "sideA", group: "screen", run: () => choose("a") },
    { combo: "arrowright", name: "sideB", group: "screen", run: () => choose("b") },
  ]);

  const waiting = ids.some((id) => !work.answers[id]) || list.hasNextPage;
  const open = counts?.open ?? 0;
  const done = counts?.decidedToday ?? 0;
  const queue = (
    <PairQueue
      groups={contact ? inPairs(counts?.groups ?? [], pairs, work) : (counts?.groups ?? [])}
      pairs={pairs}
      work={work}
      filter={filter}
      onFilter={setFilter}
      onOpen={(id) => {
        dispatch({ type: "open", id });
        setField(0);
        setListed(false);
      }}
      onMore={list.hasNextPage ? () => void list.fetchNextPage() : null}
      loading={list.isFetchingNextPage}
    />
  );
  return (
    <>
      <PageHeader
        title={t.duplicates.title}
        trail={[{ href: "/contacts", label: t.contacts.title }]}
        meta={
          counts && (
            <>
              <span className="truncate">{t.duplicates.left(open)}</span>
              {contact && (
                <Button
                  size="sm"
                  className="max-md:h-11"
                  aria-label={t.contacts.page.showAll}
                  onClick={() => setSearch({ contact: null })}
                >
                  {t.contacts.page.onlyOne}
                  <X aria-hidden />
                </Button>
              )}
            </>
          )
        }
        actions={
          counts &&
          open + done > 0 && (
            <>
              <span className="text-sm text-muted-foreground max-md:hidden">
                {t.duplicates.progress(done, open + done)}
              </span>
              <StackedBar
                label={t.duplicates.progressLabel}
                parts={[{ key: "done", value: done, tone: "brand" }]}
                max={open + done}
                className="w-36 max-md:hidden"
              />
              {pace !== null && open > 0 && (
                <span className="text-xs text-muted-foreground max-lg:hidden">
                  {t.duplicates.eta(f.duration(Math.max(60, pace * open)))}
                </span>
              )}
              <Button size="sm" className="max-md:h-11 md:hidden" onClick={() => setListed(true)}>
                <List aria-hidden />
                {t.duplicates.openList(open)}
              </Button>
            </>
          )
        }
      />
      {list.isPending || (pair === null && waiting) ? (
        <Loading />
      ) : list.isError && pairs.length === 0 ? (
        <Failure title={t.duplicates.loadFailed} error={list.error} onRetry={() => void list.refetch()} />
      ) : pair === null ? (
        <Empty
          icon={CircleCheck}
          title={t.duplicates.emptyTitle}
          actions={
            contact ? (
              <>
                <Button asChild variant="primary">
                  <Link href={`/contacts/${contact}`}>{t.contacts.page.back}</Link>
                </Button>
                {open > 0 && (
                  <Button onClick={() => setSearch({ contact: null })}>{t.contacts.page.showAll}</Button>
                )}
              </>
            ) : (
              <Button asChild>
                <Link href="/contacts/imports">{t.duplicates.imports}</Link>
              </Button>
            )
          }
        >
          {done > 0 ? t.duplicates.emptyToday(done) : t.duplicates.emptyNone}
        </Empty>
      ) : (
        <div className="flex min-h-0 flex-1">
          <div className="flex w-[248px] shrink-0 flex-col border-r max-md:hidden">{queue}</div>
          <section aria-label={t.duplicates.ask} className="flex min-w-0 flex-1 flex-col">
            <div className="thin-scroll min-h-0 flex-1 overflow-y-auto px-6 pb-6 max-md:px-3">
              <header className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-b py-4 max-md:py-3">
                <div className="min-w-0">
                  <h2 className="text-lg font-semibold">{t.duplicates.ask}</h2>
                  <p className="text-muted-foreground">{words.question(pair)}</p>
                </div>
                <Reasons pair={pair} />
              </header>
              <Compare
                key={pair.id}
                pair={pair}
                picks={picks}
                active={active?.field ?? null}
                onPick={(name, side) => {
                  setField(choosable.findIndex((one) => one.field === name));
                  pick(pair.id, name, side);
                }}
              />
              <Said pair={pair} />
              <p className="mt-4 text-xs text-muted-foreground max-md:hidden">{t.duplicates.pressHint}</p>
            </div>
            <Decisions suggestion={pair.suggestion} onDecide={answer} onLater={later} />
          </section>
        </div>
      )}
      {listed && (
        <Dialog open onOpenChange={setListed}>
          <SheetContent title={t.duplicates.queue}>{queue}</SheetContent>
        </Dialog>
      )}
    </>
  );
}
