"use client";

import {
  ArrowLeftRight,
  BellOff,
  CalendarClock,
  FileUp,
  GitMerge,
  type LucideIcon,
  MessageSquareText,
  MousePointerClick,
  Pencil,
  Send,
  StickyNote,
  UserPlus,
} from "lucide-react";
import type { TimelineItem } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Failure, Skeleton } from "@/components/ui/states";
import { useNow } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { useReasonText } from "../campaigns/reasons";
import { MessageStateBadge } from "../campaigns/state-badge";
import { useTimeline } from "./queries";

const ICONS: Record<string, LucideIcon> = {
  message: Send,
  attempt: Send,
  click: MousePointerClick,
  reply: MessageSquareText,
  inbound: MessageSquareText,
  import: FileUp,
  merge: GitMerge,
  consent: ArrowLeftRight,
  suppression: BellOff,
  change: Pencil,
  note: StickyNote,
  created: UserPlus,
  scheduled: CalendarClock,
};

function Entry({ item, now }: { item: TimelineItem; now: number }) {
  const t = useT();
  const f = useFormat();
  const reason = useReasonText();
  const Icon = ICONS[item.kind] ?? Pencil;
  const title = item.title ?? t.contacts.timeline[item.kind] ?? item.kind;
  return (
    <li className="relative flex gap-3 pb-5 last:pb-0">
      <span
        aria-hidden
        className="relative z-10 flex size-6 shrink-0 items-center justify-center rounded-full border bg-card text-muted-foreground"
      >
        <Icon className="size-3.5" />
      </span>
      <div className="min-w-0 flex-1 pt-0.5">
        <p className="flex items-start gap-2">
          <span className="flex min-w-0 flex-1 flex-wrap items-center gap-1.5 font-medium">
            {item.campaignId ? (
              <Link href={`/campaigns/${item.campaignId}`} className="rounded-sm hover:underline">
                {title}
              </Link>
            ) : (
              title
            )}
            {item.state && <MessageStateBadge state={item.state} />}
          </span>
          <time dateTime={item.at} className="shrink-0 text-xs text-muted-foreground">
            {now > 0 && f.ago(item.at, now)}
          </time>
        </p>
        {(item.text || item.reason) && (
          <p className="text-muted-foreground">{item.text ?? (item.reason ? reason(item.reason) : "")}</p>
        )}
      </div>
    </li>
  );
}

export function ContactTimeline({ id }: { id: string }) {
  const t = useT();
  const now = useNow(60);
  const timeline = useTimeline(id);
  const items = timeline.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="border-t px-5 py-4">
      <h3 className="mb-3 text-xs text-muted-foreground">{t.contacts.drawer.timeline}</h3>
      {timeline.isPending ? (
        <Skeleton className="h-16 w-full" />
      ) : timeline.isError ? (
        <Failure compact error={timeline.error} onRetry={() => void timeline.refetch()} />
      ) : items.length === 0 ? (
        <p className="text-muted-foreground">
          {t.contacts.drawer.timelineEmpty}. {t.contacts.drawer.timelineEmptyHint}
        </p>
      ) : (
        <ol className="relative before:absolute before:top-2 before:bottom-2 before:left-[11.5px] before:w-px before:bg-border">
          {items.map((item) => (
            <Entry key={`${item.kind}${item.at}${item.messageId ?? ""}`} item={item} now={now} />
          ))}
        </ol>
      )}
      {timeline.hasNextPage && (
        <Button
          className="mt-3 w-full"
          busy={timeline.isFetchingNextPage}
          onClick={() => void timeline.fetchNextPage()}
        >
          {t.common.more}
        </Button>
      )}
    </section>
  );
}
