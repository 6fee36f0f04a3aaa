"use client";

import { Copy, Ellipsis, Layers, PenLine, Plus, Search, Send, Trash2, Users } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "@/components/ui/popover";
import { Empty, Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useNow, useTitle } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import { Link, useNavigate } from "@/lib/router";
import { toast } from "@/lib/toast";
import { cn } from "@/lib/utils";
import { startWith } from "../campaigns/draft";
import { totalText } from "./count";
import { DropSegment } from "./drop-segment";
import { NameDialog } from "./name-dialog";
import { type Segment, useChangeSegment, useCopySegment, useFreshCount, useSegments } from "./queries";
import { useWords } from "./words";

// The names first; what each says comes with the words it is made of.
const RuleText = lazy(() => import("./rule-text").then((m) => ({ default: m.RuleText })));

const GRID =
  "grid grid-cols-[minmax(0,1fr)_auto_44px] md:grid-cols-[minmax(0,1fr)_120px_140px_36px] items-center gap-x-4";

function Line({
  segment,
  active,
  now,
  onAsk,
}: {
  segment: Segment;
  active: boolean;
  now: number;
  onAsk: (what: "rename" | "drop", segment: Segment) => void;
}) {
  const t = useT();
  const f = useFormat();
  const w = useWords();
  const { to } = useNavigate();
  const errorText = useErrorText();
  const copy = useCopySegment();
  const count = useFreshCount(segment.id);
  const known = count.data ?? segment.count;
  return (
    <li
      className={cn(
        GRID,
        "relative min-h-[52px] border-b px-5 py-2 hover:bg-muted max-md:px-4",
        active && "bg-accent shadow-[inset_2px_0_0_var(--brand)]",
      )}
    >
      <span className="flex min-w-0 flex-col">
        <Link
          href={`/contacts/segments/${segment.id}`}
          className="truncate font-medium after:absolute after:inset-0"
        >
          {segment.name}
        </Link>
        <Suspense>
          <RuleText segment={segment} />
        </Suspense>
      </span>
      <span aria-busy={count.isFetching} className="busy-bar text-right">
        {known ? totalText(known, w) : count.isError ? "–" : <Skeleton className="ml-auto h-4 w-14" />}
      </span>
      <span className="text-right text-xs text-muted-foreground max-md:hidden">
        {now > 0 && f.ago(segment.updatedAt, now)}
      </span>
      <Menu>
        <MenuTrigger asChild>
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={w.actions(segment.name)}
            className="relative max-md:size-11"
          >
            <Ellipsis aria-hidden />
          </Button>
        </MenuTrigger>
        <MenuContent align="end">
          <MenuItem
            onSelect={() => {
              startWith({ segmentId: segment.id }, null);
              to("/campaigns/new");
            }}
          >
            <Send aria-hidden />
            {w.send}
          </MenuItem>
          <MenuItem onSelect={() => to(`/contacts?segment=${segment.id}`)}>
            <Users aria-hidden />
            {w.see}
          </MenuItem>
          <MenuItem onSelect={() => onAsk("rename", segment)}>
            <PenLine aria-hidden />
            {w.rename}
          </MenuItem>
          <MenuItem
            onSelect={() =>
              copy.mutate(
                { id: segment.id, name: w.copyOf(segment.name) },
                {
                  onSuccess: (made) => toast(w.copied(made.name)),
                  onError: (error) => toast(t.errors.notSaved(errorText(error)), { tone: "error" }),
                },
              )
            }
          >
            <Copy aria-hidden />
            {w.duplicate}
          </MenuItem>
          <MenuSeparator />
          <MenuItem danger onSelect={() => onAsk("drop", segment)}>
            <Trash2 aria-hidden />
            {t.common.delete}
          </MenuItem>
        </MenuContent>
      </Menu>
    </li>
  );
}

export function SegmentsPage() {
  const t = useT();
  const w = useWords();
  const now = useNow(60);
  const { to } = useNavigate();
  const errorText = useErrorText();
  const list = useSegments();
  const change = useChangeSegment();
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(-1);
  const [asking, setAsking] = useState<{ what: "rename" | "drop"; segment: Segment } | null>(null);
  const box = useRef<HTMLInputElement>(null);
  useTitle(w.title);
  const wanted = typed.trim().toLowerCase();
  const all = list.data ?? [];
  const rows = wanted ? all.filter((one) => one.name.toLowerCase().includes(wanted)) : all;
  const move = (by: number) => setActive((at) => Math.max(0, Math.min(rows.length - 1, at + by)));
  useShortcuts([
    { combo: "/", name: "search", group: "list", run: () => box.current?.focus() },
    { combo: "j", name: "nextRow", group: "list", run: () => move(1) },
    { combo: "k", name: "previousRow", group: "list", run: () => move(-1) },
    { combo: "arrowdown", group: "list", run: () => move(1) },
    { combo: "arrowup", group: "list", run: () => move(-1) },
    {
      combo: "enter",
      name: "open",
      group: "list",
      run: () => {
        const row = rows[active];
        if (row) to(`/contacts/segments/${row.id}`);
      },
    },
  ]);
  const make = (
    <Button asChild variant="primary" className="max-md:h-11">
      <Link href="/contacts/segments/new">
        <Plus aria-hidden />
        {w.make}
      </Link>
    </Button>
  );
  return (
    <>
      <PageHeader title={w.title} trail={[{ href: "/contacts", label: t.contacts.title }]} actions={make} />
      {all.length > 0 && (
        <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-3 border-b px-5 py-1.5 max-md:px-3">
          <label className="field-focus flex h-7 w-60 items-center gap-2 rounded-md border border-input bg-card px-2.5 max-md:h-11 max-md:w-full dark:bg-transparent">
            <Search aria-hidden className="size-4 text-muted-foreground" />
            <input
              ref={box}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                setActive(-1);
              }}
              placeholder={w.find}
              aria-label={w.find}
              autoComplete="off"
              className="min-w-0 flex-1 bg-transparent outline-none"
            />
          </label>
          <span className="text-xs text-muted-foreground max-md:hidden">{w.hint}</span>
        </div>
      )}
      <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
        {list.isPending ? (
          <div aria-hidden className="animate-shimmer">
            {[1, 2, 3, 4].map((n) => (
              <div key={n} className="flex h-[52px] items-center border-b px-5">
                <Skeleton still className="h-4 w-40" />
                <Skeleton still className="ml-auto h-4 w-16" />
              </div>
            ))}
          </div>
        ) : list.isError ? (
          <Failure title={w.loadFailed} error={list.error} onRetry={() => void list.refetch()} />
        ) : all.length === 0 ? (
          <Empty icon={Layers} title={w.emptyTitle} actions={make}>
            {w.emptyHint}
          </Empty>
        ) : rows.length === 0 ? (
          <p className="p-10 text-center text-muted-foreground">{w.noneFound}</p>
        ) : (
          <ul aria-label={w.title}>
            {rows.map((segment, at) => (
              <Line
                key={segment.id}
                segment={segment}
                active={at === active}
                now={now}
                onAsk={(what, one) => setAsking({ what, segment: one })}
              />
            ))}
          </ul>
        )}
      </div>
      {asking?.what === "rename" && (
        <NameDialog
          title={w.rename}
          name={asking.segment.name}
          busy={change.isPending}
          error={change.isError ? errorText(change.error) : undefined}
          onName={(name) =>
            change.mutate({ id: asking.segment.id, name }, { onSuccess: () => setAsking(null) })
          }
          onClose={() => {
            change.reset();
            setAsking(null);
          }}
        />
      )}
      {asking?.what === "drop" && <DropSegment segment={asking.segment} onClose={() => setAsking(null)} />}
    </>
  );
}
