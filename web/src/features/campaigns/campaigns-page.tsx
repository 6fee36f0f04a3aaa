"use client";

import { PenLine, Plus, Send } from "lucide-react";
import { useEffect, useState } from "react";
import type { Campaign } from "@/api/types";
import { PageHeader } from "@/components/shell/page-header";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { Empty, Failure, NoMatch, Skeleton } from "@/components/ui/states";
import { useNow, useTitle } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import { Link, useNavigate } from "@/lib/router";
import { cn } from "@/lib/utils";
import { hasContent, loadDraft } from "./draft";
import { OutcomeBar } from "./outcome-bar";
import { useCampaigns } from "./queries";
import { CampaignStateBadge } from "./state-badge";

const GROUPS: Record<string, string[]> = {
  live: ["launching", "running", "paused", "held"],
  waiting: ["awaiting_approval", "approved", "scheduled"],
  done: ["finished", "cancelled", "stopped"],
  draft: ["draft"],
};

const GRID =
  "grid grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[minmax(0,2fr)_116px_96px_minmax(140px,1.2fr)_120px] items-center gap-x-4 gap-y-1";

function Row({ campaign, active, now }: { campaign: Campaign; active: boolean; now: number }) {
  const t = useT();
  const f = useFormat();
  const when = campaign.schedule?.at ?? campaign.launchedAt ?? campaign.createdAt;
  const href =
    campaign.state === "draft" ? `/campaigns/new?draft=${campaign.id}` : `/campaigns/${campaign.id}`;
  return (
    <li>
      <Link
        href={href}
        className={cn(
          GRID,
          "min-h-[52px] border-b px-5 py-2 hover:bg-muted max-md:px-4",
          active && "bg-accent shadow-[inset_2px_0_0_var(--brand)]",
        )}
      >
        <span className="flex min-w-0 items-center gap-2">
          <b className="truncate font-medium">{campaign.name}</b>
          <Badge className="max-md:hidden">
            {t.campaigns.classes[campaign.messageClass] ?? campaign.messageClass}
          </Badge>
        </span>
        <span className="max-md:justify-self-end">
          <CampaignStateBadge state={campaign.state} />
        </span>
        <span className="text-right max-md:text-left max-md:text-xs max-md:text-muted-foreground">
          {campaign.audience !== undefined && campaign.audience !== null
            ? t.common.people(campaign.audience)
            : ""}
        </span>
        <span className="max-md:col-span-2 max-md:row-start-3">
          {campaign.counts && campaign.state !== "draft" && (
            <OutcomeBar label={campaign.name} counts={campaign.counts} audience={campaign.audience ?? 0} />
          )}
        </span>
        <span className="text-right text-xs text-muted-foreground">
          {campaign.state === "scheduled" ? f.dateTime(when) : now > 0 && f.ago(when, now)}
        </span>
      </Link>
    </li>
  );
}

export function CampaignsPage() {
  const t = useT();
  const now = useNow(30);
  const { to } = useNavigate();
  const list = useCampaigns();
  const [group, setGroup] = useState("all");
  const [active, setActive] = useState(-1);
  const [unfinished, setUnfinished] = useState("");
  useTitle(t.campaigns.title);
  useEffect(() => {
    const local = loadDraft();
    // One that the server keeps stands in the list itself.
    if (!local.id && hasContent(local)) setUnfinished(local.name || local.body.slice(0, 20));
  }, []);

  const all = list.data?.pages.flatMap((page) => page.items) ?? [];
  const rows = group === "all" ? all : all.filter((c) => GROUPS[group]?.includes(c.state));
  const move = (by: number) => setActive((at) => Math.max(0, Math.min(rows.length - 1, at + by)));
  useShortcuts([
    { combo: "j", name: "nextRow", group: "list", run: () => move(1) },
    { combo: "k", name: "previousRow", group: "list", run: () => move(-1) },
    {
      combo: "enter",
      name: "open",
      group: "list",
      run: () => {
        const row = rows[active];
        if (row) to(`/campaigns/${row.id}`);
      },
    },
  ]);

  return (
    <>
      <PageHeader
        title={t.campaigns.title}
        actions={
          <Button asChild variant="primary" className="max-md:h-11">
            <Link href="/campaigns/new">
              <Plus aria-hidden />
              {t.campaigns.new}
            </Link>
          </Button>
        }
      />
      <div className="thin-scroll flex min-h-11 shrink-0 items-center overflow-x-auto border-b px-5 py-1.5 max-md:px-3">
        <Segmented
          label={t.campaigns.columns.state}
          value={group}
          onChange={setGroup}
          options={Object.entries(t.campaigns.filters).map(([value, label]) => ({ value, label }))}
        />
      </div>
      <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
        {unfinished && (
          <Link
            href="/campaigns/new"
            className="flex items-center gap-3 border-b bg-brand-soft/40 px-5 py-2.5 hover:bg-brand-soft/70 max-md:px-4"
          >
            <PenLine aria-hidden className="size-4 text-brand-fg" />
            <span className="font-medium text-brand-fg">{t.campaigns.resumeDraft}</span>
            <span className="min-w-0 truncate text-muted-foreground">{unfinished}</span>
          </Link>
        )}
        {list.isPending ? (
          <div aria-hidden className="flex flex-col">
            {[1, 2, 3, 4, 5].map((n) => (
              <div key={n} className="flex h-[52px] items-center gap-6 border-b px-5">
                <Skeleton className="h-4 w-48" />
                <Skeleton className="h-4 w-20" />
                <Skeleton className="ml-auto h-2 w-40" />
              </div>
            ))}
          </div>
        ) : list.isError ? (
          <Failure title={t.campaigns.loadFailed} error={list.error} onRetry={() => void list.refetch()} />
        ) : all.length === 0 ? (
          <Empty
            icon={Send}
            title={t.campaigns.emptyTitle}
            actions={
              <Button asChild variant="primary">
                <Link href="/campaigns/new">
                  <Plus aria-hidden />
                  {t.campaigns.new}
                </Link>
              </Button>
            }
          >
            {t.campaigns.emptyHint}
          </Empty>
        ) : rows.length === 0 ? (
          <NoMatch onClear={() => setGroup("all")} />
        ) : (
          <ul>
            {rows.map((campaign, index) => (
              <Row key={campaign.id} campaign={campaign} active={index === active} now={now} />
            ))}
          </ul>
        )}
        {list.hasNextPage && (
          <div className="p-4 text-center">
            <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t.common.more}
            </Button>
          </div>
        )}
      </div>
    </>
  );
}
