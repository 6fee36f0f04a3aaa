"use client";

import { Download, Users } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import type { CampaignMessage, MessageState, Progress } from "@/api/types";
import { Avatar } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Empty, Failure, Skeleton } from "@/components/ui/states";
import { Cell, VirtualTable } from "@/components/virtual-table";
import { useMedia } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { useMe } from "../session/queries";
import { ExportDialog } from "./export-dialog";
import { PersonSheet } from "./person-sheet";
import { type PeopleFilter, usePeople } from "./queries";
import { useReasonText } from "./reasons";
import { MessageStateBadge } from "./state-badge";

interface Props {
  campaignId: string;
  name: string;
  filter: PeopleFilter;
  onFilter: (filter: PeopleFilter) => void;
  progress: Progress;
}

const GRID =
  "grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[minmax(120px,1.2fr)_128px_104px_minmax(0,2fr)_80px] gap-x-3 [&>*]:min-w-0";

/** Everyone of this campaign, one by one: who got it, who didn't, and why. */
export function People({ campaignId, name, filter, onFilter, progress }: Props) {
  const t = useT();
  const f = useFormat();
  const reasonText = useReasonText();
  const narrow = useMedia("(max-width: 767px)");
  const [open, setOpen] = useState<CampaignMessage | null>(null);
  const [taking, setTaking] = useState(false);
  const me = useMe().data;
  const mayTake = me?.permissions.includes("exports.run") ?? false;
  const people = usePeople(campaignId, filter);
  const rows = useMemo(() => people.data?.pages.flatMap((page) => page.items) ?? [], [people.data]);
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = people;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetchingNextPage]);
  const chips = [
    {
      key: "all",
      label: t.common.all,
      count: progress.audience,
      filter: { state: null, reason: null } as PeopleFilter,
    },
    ...Object.entries(progress.counts)
      .filter(([, count]) => count > 0)
      .map(([state, count]) => ({
        key: state,
        label: t.campaigns.messageStates[state] ?? state,
        count,
        filter: { state: state as MessageState, reason: null },
      })),
  ];
  const total =
    filter.reason !== null
      ? (progress.byReason.find((one) => one.reason === filter.reason)?.count ?? -1)
      : filter.state
        ? (progress.counts[filter.state as keyof Progress["counts"]] ?? -1)
        : progress.audience;
  return (
    <Card className="flex max-h-[560px] flex-col">
      <CardHead
        title={t.monitor.people}
        hint={t.monitor.peopleHint}
        actions={
          mayTake &&
          total !== 0 && (
            <Button size="sm" variant="ghost" onClick={() => setTaking(true)} className="max-md:h-11">
              <Download aria-hidden />
              {t.monitor.download}
            </Button>
          )
        }
      />
      <div className="flex flex-wrap gap-1.5 border-b px-4 py-2.5">
        {chips.map((chip) => {
          const chosen = filter.reason === null && filter.state === chip.filter.state;
          return (
            <Button
              key={chip.key}
              size="sm"
              variant={chosen ? "soft" : "outline"}
              aria-pressed={chosen}
              onClick={() => onFilter(chip.filter)}
              className="max-md:h-9"
            >
              {chip.label}
              <span className={chosen ? "" : "text-muted-foreground"}>{f.num(chip.count)}</span>
            </Button>
          );
        })}
        {filter.reason && (
          <Button size="sm" variant="soft" onClick={() => onFilter({ state: null, reason: null })}>
            {reasonText(filter.reason)} ×
          </Button>
        )}
      </div>
      {people.isPending ? (
        <div aria-hidden className="flex flex-col gap-3 p-4">
          {[1, 2, 3, 4].map((n) => (
            <Skeleton key={n} className="h-5 w-full" />
          ))}
        </div>
      ) : people.isError && rows.length === 0 ? (
        <Failure compact error={people.error} onRetry={() => void people.refetch()} />
      ) : rows.length === 0 ? (
        <Empty icon={Users} title={t.monitor.peopleEmpty} className="py-10" />
      ) : (
        <VirtualTable
          label={t.monitor.people}
          grid={GRID}
          rows={rows}
          rowKey={(one) => one.id}
          total={total}
          rowHeight={narrow ? 56 : 38}
          stale={people.isPlaceholderData}
          onNearEnd={more}
          onRowClick={setOpen}
          columns={[
            { key: "name", head: t.monitor.columns.name },
            { key: "phone", head: t.monitor.columns.phone },
            { key: "state", head: t.monitor.columns.state },
            { key: "reason", head: t.monitor.columns.reason },
            { key: "at", head: t.monitor.columns.at, className: "text-right" },
          ]}
          renderRow={(one) => (
            <>
              <Cell>
                <button
                  type="button"
                  onClick={() => setOpen(one)}
                  className="flex max-w-full items-center gap-2 rounded-sm text-left"
                >
                  <Avatar name={one.name || t.contacts.noName} />
                  <span className="flex min-w-0 flex-col">
                    <span className="truncate font-medium hover:underline">
                      {one.name || t.contacts.noName}
                    </span>
                    <span className="truncate text-xs text-muted-foreground md:hidden">
                      {one.reason ? reasonText(one.reason, one.reasonLabel) : one.phone && f.phone(one.phone)}
                    </span>
                  </span>
                </button>
              </Cell>
              <Cell className="truncate max-md:hidden">{one.phone ? f.phone(one.phone) : ""}</Cell>
              <Cell>
                <MessageStateBadge state={one.state} />
              </Cell>
              <Cell className="truncate text-muted-foreground max-md:hidden">
                {one.reason ? reasonText(one.reason, one.reasonLabel) : ""}
              </Cell>
              <Cell className="truncate text-right text-xs text-muted-foreground max-md:hidden">
                {f.clockSeconds(one.updatedAt)}
              </Cell>
            </>
          )}
        />
      )}
      {taking && (
        <ExportDialog
          campaignId={campaignId}
          name={name}
          filter={filter}
          people={total}
          whole={me?.permissions.includes("exports.unmasked") ?? false}
          onClose={() => setTaking(false)}
        />
      )}
      <PersonSheet campaignId={campaignId} person={open} onClose={() => setOpen(null)} />
    </Card>
  );
}
