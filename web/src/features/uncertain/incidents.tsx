"use client";

import { CircleCheck } from "lucide-react";
import { useState } from "react";
import type { Incident } from "@/api/types";
import { Avatar, Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Segmented } from "@/components/ui/segmented";
import { Empty, Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { toast } from "@/lib/toast";
import { PersonSheet } from "../campaigns/person-sheet";
import { useMe } from "../session/queries";
import { useIncidents, useMarkIncidents } from "./queries";
import { useWords } from "./words";

interface RowProps {
  one: Incident;
  onOpen: () => void;
  onMark: (() => void) | null;
  busy: boolean;
}

function Row({ one, onOpen, onMark, busy }: RowProps) {
  const t = useT();
  const w = useWords();
  const f = useFormat();
  const name = one.message.name || t.contacts.noName;
  return (
    <li className="flex gap-3 border-b px-4 py-3 last:border-b-0">
      <Avatar name={name} className="mt-0.5" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <button
            type="button"
            onClick={onOpen}
            className="rounded-sm font-medium hover:underline max-md:min-h-11"
          >
            {name}
          </button>
          <span className="text-muted-foreground">{one.message.phone && f.phone(one.message.phone)}</span>
          <Badge tone={one.kind === "overlap" ? "danger" : "warning"}>
            {w.incidents.kind(one.kind, one.label)}
          </Badge>
          <span className="text-xs text-muted-foreground md:ml-auto">{f.dateTime(one.at)}</span>
        </p>
        <p className="mt-0.5">{w.incidents.said[one.kind]?.(one.attempt)}</p>
        <p className="mt-0.5 flex flex-wrap gap-x-2 text-xs text-muted-foreground">
          {one.campaignId ? (
            <Link
              href={`/campaigns/${one.campaignId}`}
              className="rounded-sm underline-offset-4 hover:underline"
            >
              {one.campaignName}
            </Link>
          ) : (
            w.noCampaign
          )}
          <span>{[one.accountName, one.code].filter(Boolean).join(" · ")}</span>
          {one.rehearse && <span>{w.rehearsal}</span>}
          {one.seenAt && <span>{w.incidents.seenBy(one.seenBy, f.dateTime(one.seenAt))}</span>}
        </p>
      </div>
      {onMark && (
        <Button
          size="sm"
          variant={one.seenAt ? "ghost" : "outline"}
          busy={busy}
          onClick={onMark}
          className="max-md:h-11"
        >
          {one.seenAt ? w.incidents.putBack : w.incidents.mark}
          <span className="sr-only">, {name}</span>
        </Button>
      )}
    </li>
  );
}

/** What may have gone wrong with whom. It has happened, and somebody may call about it: whoever has looked at one says so. */
export function Incidents({ campaignId }: { campaignId: string | null }) {
  const w = useWords();
  const [which, setWhich] = useState<"open" | "all">("open");
  const list = useIncidents(campaignId, which === "open" ? false : null);
  const mark = useMarkIncidents();
  const errorText = useErrorText();
  const mayMark = useMe().data?.permissions.includes("messages.resolve") ?? false;
  const [open, setOpen] = useState<Incident | null>(null);
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const say = (ids: string[], seen: boolean) =>
    mark.mutate({ ids, seen }, { onError: (error) => toast(errorText(error), { tone: "error" }) });
  if (list.isPending)
    return (
      <div aria-hidden className="mx-auto flex w-full max-w-[960px] flex-col gap-4 p-6 max-md:p-4">
        {[1, 2, 3].map((row) => (
          <Skeleton key={row} className="h-14 w-full" />
        ))}
      </div>
    );
  if (list.isError && rows.length === 0)
    return <Failure title={w.incidents.loadFailed} error={list.error} onRetry={() => void list.refetch()} />;
  if (rows.length === 0)
    return (
      <Empty
        icon={CircleCheck}
        title={which === "open" ? w.incidents.emptyOpen : w.incidents.emptyTitle}
        actions={
          which === "open" && (
            <Button className="max-md:h-11" onClick={() => setWhich("all")}>
              {w.incidents.showSeen}
            </Button>
          )
        }
      >
        {w.incidents.emptyHint}
      </Empty>
    );
  return (
    <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex w-full max-w-[960px] flex-col gap-3 px-6 py-6 max-md:px-4 max-md:py-4">
        <p className="text-muted-foreground">{w.incidents.hint}</p>
        <div className="flex flex-wrap items-center gap-2">
          <Segmented<"open" | "all">
            label={w.incidents.which}
            value={which}
            onChange={setWhich}
            options={[
              { value: "open", label: w.incidents.whichOpen },
              { value: "all", label: w.incidents.whichAll },
            ]}
          />
          {mayMark && which === "open" && rows.length > 1 && (
            <Button
              variant="ghost"
              busy={mark.isPending}
              onClick={() =>
                say(
                  rows.slice(0, 500).map((one) => one.id),
                  true,
                )
              }
              className="max-md:h-11"
            >
              {w.incidents.markAll(rows.length)}
            </Button>
          )}
        </div>
        <Card>
          <ul aria-label={w.incidents.list}>
            {rows.map((one) => (
              <Row
                key={one.id}
                one={one}
                onOpen={() => setOpen(one)}
                onMark={mayMark ? () => say([one.id], one.seenAt === null) : null}
                busy={mark.isPending && (mark.variables?.ids.includes(one.id) ?? false)}
              />
            ))}
          </ul>
        </Card>
        {list.hasNextPage && (
          <Button
            variant="ghost"
            busy={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
            className="self-start max-md:h-11"
          >
            {w.more}
          </Button>
        )}
      </div>
      <PersonSheet
        campaignId={open?.campaignId ?? ""}
        person={
          open && { ...open.message, contactId: open.campaignId === null ? null : open.message.contactId }
        }
        onClose={() => setOpen(null)}
      />
    </div>
  );
}
