"use client";

import { Check, LoaderCircle } from "lucide-react";
import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";
import { Keys } from "@/components/ui/kbd";
import { useFormat } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import { useWords } from "./words";
import type { Answer, Desk, Item } from "./work";

function Row({ item, current, onOpen }: { item: Item; current: boolean; onOpen: () => void }) {
  const w = useWords();
  const f = useFormat();
  const element = useRef<HTMLButtonElement>(null);
  const [reason] = item.group.reasons;
  useEffect(() => {
    if (current) element.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  return (
    <button
      ref={element}
      type="button"
      onClick={onOpen}
      aria-current={current ? "true" : undefined}
      className={cn(
        "press flex min-h-12 w-full flex-col justify-center gap-0.5 rounded-md px-2 py-1.5 text-left hover:bg-accent",
        current && "md:bg-brand-soft md:hover:bg-brand-soft",
      )}
    >
      <span className="flex w-full items-center gap-2">
        <span className="min-w-0 flex-1 truncate font-medium">{item.group.accountName}</span>
        <span className="shrink-0 font-semibold">{w.groupPeople(item.group.people)}</span>
      </span>
      <span
        className={cn(
          "flex w-full items-baseline gap-2 text-xs text-muted-foreground",
          current && "md:text-brand-fg",
        )}
      >
        <span className="min-w-0 flex-1 truncate">{reason && w.reason(reason.reason, reason.label)}</span>
        <span className="shrink-0">{f.clockSeconds(item.group.calledAt)}</span>
      </span>
    </button>
  );
}

function Done({ answer }: { answer: Answer }) {
  const w = useWords();
  const saving = answer.resolved === null;
  return (
    <li className="flex min-h-9 items-center gap-2 px-2 text-xs text-muted-foreground">
      <span className="min-w-0 flex-1 truncate">
        {answer.name} · {w.groupPeople(answer.resolved ?? answer.people)}
      </span>
      {saving ? (
        <span className="flex shrink-0 items-center gap-1">
          <LoaderCircle aria-hidden className="size-3 animate-spin motion-reduce:animate-none" />
          {w.saving}
        </span>
      ) : answer.resolved === 0 ? null : (
        <span className="flex shrink-0 items-center gap-1 text-success">
          <Check aria-hidden className="size-3" />
          {w.settled[answer.decision]}
        </span>
      )}
    </li>
  );
}

interface Props {
  items: Item[];
  desk: Desk;
  onOpen: (id: string) => void;
  onMore: (() => void) | null;
  loading: boolean;
}

/** What is left to decide, by send; and below it what was decided here, as the server counted it. */
export function GroupQueue({ items, desk, onOpen, onMore, loading }: Props) {
  const w = useWords();
  const left = items.filter((item) => !desk.answers[item.id]);
  const sends = [...new Map(left.map((item) => [item.send.sendId, item.send])).values()];
  const done = Object.entries(desk.answers);
  return (
    <>
      <div className="flex h-11 shrink-0 items-center justify-between border-b px-4 text-xs text-muted-foreground">
        {w.queue}
        <span className="flex gap-1 max-md:hidden">
          <Keys combo="j" />
          <Keys combo="k" />
        </span>
      </div>
      <nav aria-label={w.queue} className="thin-scroll min-h-0 flex-1 overflow-y-auto px-2 pt-2 pb-4">
        {sends.map((send) => (
          <section key={send.sendId} className="mb-2">
            <h2 className="flex min-h-8 items-center gap-2 px-2 text-xs text-muted-foreground">
              <span className="min-w-0 flex-1 truncate">
                {send.campaignName || w.noCampaign}
                {send.rehearse && ` · ${w.rehearsal}`}
              </span>
              {w.groupPeople(
                left
                  .filter((item) => item.send.sendId === send.sendId)
                  .reduce((sum, item) => sum + item.group.people, 0),
              )}
            </h2>
            {left
              .filter((item) => item.send.sendId === send.sendId)
              .map((item) => (
                <Row
                  key={item.id}
                  item={item}
                  current={item.id === desk.current}
                  onOpen={() => onOpen(item.id)}
                />
              ))}
          </section>
        ))}
        {onMore && (
          <Button variant="ghost" size="sm" busy={loading} onClick={onMore} className="max-md:h-11">
            {w.more}
          </Button>
        )}
        {done.length > 0 && (
          <section className="mt-3 border-t pt-2">
            <h2 className="flex h-8 items-center px-2 text-xs text-muted-foreground">{w.justDone}</h2>
            <ul>
              {done.map(([id, answer]) => (
                <Done key={id} answer={answer} />
              ))}
            </ul>
          </section>
        )}
      </nav>
    </>
  );
}
