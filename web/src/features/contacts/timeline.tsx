"use client";

import { CalendarClock, ChevronDown } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { Empty, Failure, Skeleton } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { cn } from "@/lib/utils";
import { NoteBox, NoteTools } from "./notes";
import { ICONS, useSaid } from "./timeline-words";
import { type Ahead, type Tab, type TimelineItem, useTimeline } from "./view-queries";
import { useViewWords } from "./view-words";

const TABS: Tab[] = ["", "message", "consent", "change", "note"];

function Node({ icon: Icon, dashed, bad }: { icon: typeof CalendarClock; dashed?: boolean; bad?: boolean }) {
  return (
    <span
      aria-hidden
      className={cn(
        "z-10 flex size-6 shrink-0 items-center justify-center rounded-full border bg-card text-muted-foreground",
        dashed && "border-dashed border-brand text-brand-fg",
        bad && "border-destructive/40 text-destructive",
      )}
    >
      <Icon className="size-3.5" />
    </span>
  );
}

function AheadLine({ one }: { one: Ahead }) {
  const f = useFormat();
  const t = useT();
  const w = useViewWords();
  const href = one.kind === "campaign" ? `/campaigns/${one.id}` : null;
  const state = [
    w.aheadStates[one.state] ?? one.state,
    one.round !== null && one.most !== null ? w.round(one.round, one.most) : "",
  ];
  return (
    <li className="relative flex gap-3 pb-5 before:absolute before:top-6 before:bottom-0 before:left-3 before:border-l before:border-dashed before:border-brand/50">
      <Node icon={CalendarClock} dashed />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-medium">
            {href ? (
              <Link href={href} className="rounded-sm hover:underline">
                {one.title}
              </Link>
            ) : (
              one.title
            )}
          </span>
          {one.channel && <Badge tone="brand">{t.contacts.channels[one.channel] ?? one.channel}</Badge>}
          <time className="ml-auto text-xs text-muted-foreground">
            {one.at ? f.dateTime(one.at) : w.undated}
          </time>
        </p>
        <p className="text-muted-foreground">
          {[w.aheadKinds[one.kind], ...state].filter(Boolean).join(" · ")}
        </p>
      </div>
    </li>
  );
}

/** What was tried, with what answer, one line each. */
function Attempts({ item }: { item: TimelineItem }) {
  const t = useT();
  const f = useFormat();
  return (
    <ol className="mt-2 rounded-md border px-3 py-1">
      {item.attempts.map((one) => (
        <li key={one.n} className="flex flex-wrap items-center gap-x-3 border-b py-1.5 last:border-b-0">
          <span className="w-20 text-muted-foreground">
            {t.contacts.channels[one.channel] ?? one.channel}
          </span>
          <span>{t.monitor.person.attemptStates[one.state] ?? one.state}</span>
          {one.code && <span className="text-xs text-muted-foreground">{one.code}</span>}
          <time className="ml-auto text-xs text-muted-foreground">{f.dateTime(one.updatedAt)}</time>
        </li>
      ))}
    </ol>
  );
}

interface LineProps {
  id: string;
  item: TimelineItem;
  names: Record<string, string>;
  last: boolean;
}

function PastLine({ id, item, names, last }: LineProps) {
  const f = useFormat();
  const w = useViewWords();
  const said = useSaid(names)(item);
  const [open, setOpen] = useState(false);
  return (
    <li
      className={cn(
        "relative flex gap-3 pb-5",
        !last && "before:absolute before:top-6 before:bottom-0 before:left-3 before:border-l",
      )}
    >
      <Node icon={ICONS[item.kind]} bad={said.bad} />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className={cn("break-words font-medium", said.bad && "text-destructive")}>{said.title}</span>
          {said.badge && <Badge tone={said.badge.tone}>{said.badge.text}</Badge>}
          <time className="ml-auto text-xs text-muted-foreground" title={f.dateTime(item.at)}>
            {f.dateTime(item.at)}
          </time>
        </p>
        {item.text && <p className="whitespace-pre-wrap break-words">{item.text}</p>}
        <p className="text-muted-foreground">{said.detail.filter(Boolean).join(" · ")}</p>
        {item.attempts.length > 0 && (
          <Button
            variant="ghost"
            size="sm"
            className="-ml-2 max-md:h-11"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            {w.details}
            <ChevronDown aria-hidden className={cn(open && "rotate-180")} />
          </Button>
        )}
        {open && <Attempts item={item} />}
        {item.kind === "note" && <NoteTools id={id} item={item} />}
      </div>
    </li>
  );
}

/** One line of time: what is ahead on top, farthest first; now; what was, newest first. */
export function Timeline({ id, compact }: { id: string; compact?: boolean }) {
  const f = useFormat();
  const w = useViewWords();
  const [tab, setTab] = useState<Tab>("");
  const found = useTimeline(id, tab, compact ? 10 : 50);
  const pages = found.data?.pages ?? [];
  const first = pages[0];
  const items = pages.flatMap((page) => page.items);
  const names = Object.assign({}, ...pages.map((page) => page.names ?? {})) as Record<string, string>;
  const ahead = first?.scheduled ?? [];
  return (
    <section aria-label={w.title} className={cn(compact && "border-t")}>
      <div className="thin-scroll flex min-h-11 items-center overflow-x-auto px-5 py-2 lg:border-b">
        <Segmented
          label={w.title}
          value={tab}
          onChange={setTab}
          options={TABS.map((value) => ({ value, label: w.tabs[value || "all"] }))}
        />
      </div>
      <div className="max-w-[700px] px-5 pt-4 pb-8">
        <NoteBox id={id} />
        {found.isPending ? (
          <div aria-hidden className="flex flex-col gap-4">
            <Skeleton className="h-10 w-full" />
            <Skeleton className="h-10 w-full" />
          </div>
        ) : found.isError && !first ? (
          <Failure compact title={w.loadFailed} error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <>
            {ahead.length > 0 && (
              <>
                <h3 className="mb-2 ml-9 text-xs text-muted-foreground">{w.ahead}</h3>
                <ol>
                  {ahead.map((one) => (
                    <AheadLine key={`${one.kind}${one.id}`} one={one} />
                  ))}
                </ol>
                {first && (
                  <p className="mb-5 flex items-center gap-3 text-xs font-medium text-brand-fg">
                    <span aria-hidden className="mx-2 size-2 shrink-0 rounded-full bg-brand" />
                    {w.now(f.dateTime(first.now))}
                    <span aria-hidden className="h-px flex-1 bg-border" />
                  </p>
                )}
              </>
            )}
            {items.length === 0 && ahead.length === 0 ? (
              <Empty icon={CalendarClock} title={w.empty}>
                {w.emptyHint}
              </Empty>
            ) : (
              <ol>
                {items.map((item, at) => (
                  <PastLine
                    key={`${item.kind}${item.id}${item.contactId ?? ""}`}
                    id={id}
                    item={item}
                    names={names}
                    last={at === items.length - 1}
                  />
                ))}
              </ol>
            )}
            {found.hasNextPage && (
              <Button
                className="max-md:h-11"
                busy={found.isFetchingNextPage}
                onClick={() => void found.fetchNextPage()}
              >
                {w.more}
              </Button>
            )}
          </>
        )}
      </div>
    </section>
  );
}
