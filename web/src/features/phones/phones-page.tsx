"use client";

import { ChevronLeft, PhoneOff, Search, SendHorizontal, Smartphone } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { ApiError } from "@/api/client";
import type { Handset } from "@/api/types";
import { Bubble, PhonePreview } from "@/components/phone-preview";
import { PageHeader } from "@/components/shell/page-header";
import { Avatar, Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Empty, Failure, NoMatch, Skeleton, useErrorText } from "@/components/ui/states";
import { useDebounced, useNow, useTitle } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { isComposing, useShortcuts } from "@/lib/keys";
import { useSearch } from "@/lib/router";
import { toast } from "@/lib/toast";
import { cn } from "@/lib/utils";
import { useHandset, useHandsets, useOptOut, useReply } from "./queries";

function Thread({ handset, onBack }: { handset: Handset; onBack: () => void }) {
  const t = useT();
  const f = useFormat();
  const errorText = useErrorText();
  const messages = useHandset(handset.id);
  const reply = useReply(handset.id);
  const optOut = useOptOut(handset.id);
  const [text, setText] = useState("");
  const end = useRef<HTMLDivElement>(null);
  const items = [...(messages.data?.items ?? [])].sort((a, b) => a.at.localeCompare(b.at));
  const incoming = items.findLast((m) => m.direction === "in");
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new message is brought into view
  useEffect(() => {
    end.current?.scrollIntoView({ block: "nearest" });
  }, [items.length, handset.id]);
  const send = () => {
    if (!text.trim()) return;
    reply.mutate(text.trim(), {
      onSuccess: () => {
        setText("");
        toast(t.phones.sent);
      },
      onError: (error) => toast(errorText(error), { tone: "error" }),
    });
  };
  return (
    <div className="thin-scroll flex min-h-0 flex-1 flex-col items-center overflow-y-auto px-4 py-6">
      <div className="mb-5 flex w-full max-w-[420px] items-center gap-3">
        <Button
          variant="ghost"
          size="icon"
          aria-label={t.common.back}
          onClick={onBack}
          className="size-11 md:hidden"
        >
          <ChevronLeft aria-hidden />
        </Button>
        <Avatar name={handset.name || handset.phone} className="size-9 text-base" />
        <p className="min-w-0">
          <b className="block truncate font-semibold">{handset.name || t.contacts.noName}</b>
          <span className="text-xs whitespace-nowrap text-muted-foreground">{f.phone(handset.phone)}</span>
        </p>
        <Button
          size="sm"
          className="ml-auto max-md:h-11"
          busy={optOut.isPending}
          onClick={() =>
            optOut.mutate(undefined, {
              onSuccess: () => toast(t.phones.optedOut),
              onError: (error) => toast(errorText(error), { tone: "error" }),
            })
          }
        >
          <PhoneOff aria-hidden />
          <span className="max-md:sr-only">{t.phones.optOut}</span>
        </Button>
      </div>
      <PhonePreview
        sender={incoming ? f.phone(incoming.from) : ""}
        when={items[0] ? f.dateTime(items[0].at) : ""}
      >
        {messages.isPending && <Skeleton className="h-16 w-48 rounded-[14px]" />}
        {messages.isError && (
          <Failure compact error={messages.error} onRetry={() => void messages.refetch()} />
        )}
        {items.map((message) => (
          <div key={message.id} className="flex flex-col gap-0.5">
            <Bubble mine={message.direction === "out"}>{message.text}</Bubble>
            <p className={cn("px-1 text-2xs text-[#5c5c66]", message.direction === "out" && "self-end")}>
              {t.contacts.channels[message.channel] ?? message.channel} · {f.clock(message.at)}
            </p>
          </div>
        ))}
        <div ref={end} />
      </PhonePreview>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
        className="field-focus mt-5 flex w-full max-w-[420px] items-end gap-2 rounded-lg border border-input bg-card p-1.5 dark:bg-transparent"
      >
        <textarea
          rows={1}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !isComposing(event.nativeEvent)) {
              event.preventDefault();
              send();
            }
          }}
          placeholder={t.phones.replyAs(handset.name || f.phone(handset.phone))}
          aria-label={t.phones.reply}
          className="max-h-32 min-h-8 min-w-0 flex-1 resize-none bg-transparent px-2 py-1.5 outline-none"
        />
        <Button
          type="submit"
          variant="primary"
          size="icon"
          aria-label={t.phones.send}
          busy={reply.isPending}
          disabled={!text.trim()}
          className="max-md:size-11"
        >
          <SendHorizontal aria-hidden />
        </Button>
      </form>
    </div>
  );
}

/** The simulated handsets of this tenant: what arrived, and a way to answer as that person. */
export function PhonesPage() {
  const t = useT();
  const f = useFormat();
  const now = useNow(30);
  const [search, setSearch] = useSearch();
  const [typed, setTyped] = useState("");
  const q = useDebounced(typed.trim(), 180);
  const list = useHandsets(q);
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const openId = search.get("open");
  // Messages that arrive for others push a row out of the list; whoever is writing there must not lose the thread.
  const listed = rows.find((one) => one.id === openId);
  const [kept, setKept] = useState<Handset | null>(null);
  useEffect(() => {
    if (listed) setKept(listed);
  }, [listed]);
  const chosen = listed ?? (kept?.id === openId ? kept : null);
  const off = list.error instanceof ApiError && list.error.status === 404;
  useTitle(t.phones.title);
  const at = rows.findIndex((one) => one.id === openId);
  const move = (by: number) => {
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
    if (next) setSearch({ open: next.id });
  };
  useShortcuts([
    { combo: "j", name: "nextRow", group: "list", run: () => move(1) },
    { combo: "k", name: "previousRow", group: "list", run: () => move(-1) },
    {
      combo: "r",
      name: "reply",
      group: "screen",
      run: () => document.querySelector<HTMLElement>("form textarea")?.focus(),
    },
  ]);
  return (
    <>
      <PageHeader
        title={t.phones.title}
        meta={
          <>
            <Badge>{t.shell.rehearsal}</Badge>
            <span className="text-xs max-lg:hidden">{t.phones.hint}</span>
          </>
        }
      />
      {off ? (
        <Empty icon={Smartphone} title={t.phones.off}>
          {t.phones.offHint}
        </Empty>
      ) : list.isError && rows.length === 0 ? (
        <Failure title={t.phones.loadFailed} error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isSuccess && rows.length === 0 && q === "" ? (
        <Empty icon={Smartphone} title={t.phones.emptyTitle}>
          {t.phones.emptyHint}
        </Empty>
      ) : (
        <div className="flex min-h-0 flex-1">
          <div
            className={cn(
              "flex w-[300px] shrink-0 flex-col border-r max-md:w-full max-md:border-r-0",
              chosen && "max-md:hidden",
            )}
          >
            <div className="flex h-11 shrink-0 items-center gap-2 border-b px-4">
              <Search aria-hidden className="size-4 text-muted-foreground" />
              <input
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                placeholder={t.phones.find}
                aria-label={t.phones.find}
                autoComplete="off"
                className="min-w-0 flex-1 bg-transparent outline-none"
              />
            </div>
            <ul className="thin-scroll min-h-0 flex-1 overflow-y-auto">
              {list.isPending &&
                [1, 2, 3, 4].map((n) => (
                  <li key={n} aria-hidden className="flex h-[68px] items-center gap-3 border-b px-4">
                    <Skeleton className="size-8 rounded-full" />
                    <Skeleton className="h-4 w-40" />
                  </li>
                ))}
              {list.isSuccess && rows.length === 0 && <NoMatch onClear={() => setTyped("")} />}
              {rows.map((one) => (
                <li key={one.id}>
                  <button
                    type="button"
                    aria-current={one.id === openId || undefined}
                    onClick={() => setSearch({ open: one.id })}
                    className={cn(
                      "flex h-[68px] w-full items-center gap-3 border-b px-4 text-left hover:bg-muted focus-visible:-outline-offset-2",
                      one.id === openId && "bg-accent shadow-[inset_2px_0_0_var(--brand)] hover:bg-accent",
                    )}
                  >
                    <Avatar name={one.name || one.phone} className="size-8 text-xs" />
                    <span className="min-w-0 flex-1">
                      <span className="flex items-baseline gap-2">
                        <b className="truncate font-medium">{one.name || f.phone(one.phone)}</b>
                        <span className="ml-auto shrink-0 text-2xs text-muted-foreground">
                          {now > 0 && f.ago(one.lastAt, now)}
                        </span>
                      </span>
                      <span className="block truncate text-xs text-muted-foreground">{one.lastText}</span>
                    </span>
                  </button>
                </li>
              ))}
              {list.hasNextPage && (
                <li className="p-3">
                  <Button
                    className="w-full"
                    busy={list.isFetchingNextPage}
                    onClick={() => void list.fetchNextPage()}
                  >
                    {t.common.more}
                  </Button>
                </li>
              )}
            </ul>
          </div>
          {chosen ? (
            <Thread key={chosen.id} handset={chosen} onBack={() => setSearch({ open: null })} />
          ) : (
            <div className="flex flex-1 items-center justify-center text-muted-foreground max-md:hidden">
              {t.phones.pick}
            </div>
          )}
        </div>
      )}
    </>
  );
}
