"use client";

import { LoaderCircle } from "lucide-react";
import type { CampaignMessage } from "@/api/types";
import { Avatar, Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Failure, Skeleton } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { useGroupPeople } from "./queries";
import { type Settled, settledKey } from "./use-desk";
import { useWords } from "./words";
import type { Item } from "./work";

interface Props {
  item: Item;
  settled: Settled;
  mayDecide: boolean;
  onOpen: (person: CampaignMessage) => void;
  onDecide: (person: CampaignMessage) => void;
}

/** Everybody of the group. A name opens the person's own story; the button beside it decides about that one. */
export function GroupPeople({ item, settled, mayDecide, onOpen, onDecide }: Props) {
  const t = useT();
  const w = useWords();
  const f = useFormat();
  const people = useGroupPeople({ sendId: item.send.sendId, requestId: item.group.requestId });
  const rows = people.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card>
      <CardHead title={w.people} hint={mayDecide ? w.peopleHint : undefined} />
      {people.isPending ? (
        <div aria-hidden className="flex flex-col gap-3 p-4">
          {[1, 2, 3].map((row) => (
            <Skeleton key={row} className="h-6 w-full" />
          ))}
        </div>
      ) : people.isError && rows.length === 0 ? (
        <Failure compact error={people.error} onRetry={() => void people.refetch()} />
      ) : rows.length === 0 ? (
        <p className="px-4 py-6 text-muted-foreground">{w.peopleEmpty}</p>
      ) : (
        <ul>
          {rows.map((person) => {
            const name = person.name || t.contacts.noName;
            const said = settled[settledKey(item, person)];
            return (
              <li
                key={person.id}
                className="flex min-h-11 items-center gap-3 border-b px-4 last:border-b-0 max-md:min-h-14"
              >
                <button
                  type="button"
                  onClick={() => onOpen(person)}
                  className="flex min-h-9 min-w-0 flex-1 items-center gap-2.5 rounded-sm text-left max-md:min-h-11"
                >
                  <Avatar name={name} />
                  <span className="flex min-w-0 flex-1 items-baseline gap-x-3 max-md:flex-col">
                    <span className="truncate font-medium hover:underline">{name}</span>
                    <span className="truncate text-muted-foreground max-md:text-xs">
                      {person.phone && f.phone(person.phone)}
                    </span>
                  </span>
                </button>
                {said ? (
                  <Badge tone={said.saved ? "success" : "neutral"}>
                    {!said.saved && (
                      <LoaderCircle aria-hidden className="animate-spin motion-reduce:animate-none" />
                    )}
                    {said.saved ? w.settled[said.decision] : w.saving}
                  </Badge>
                ) : (
                  mayDecide && (
                    <Button
                      size="sm"
                      aria-label={w.decideOne(name)}
                      onClick={() => onDecide(person)}
                      className="max-md:h-11"
                    >
                      {w.decideOneShort}
                    </Button>
                  )
                )}
              </li>
            );
          })}
        </ul>
      )}
      {people.hasNextPage && (
        <div className="border-t px-4 py-2">
          <Button
            size="sm"
            variant="ghost"
            busy={people.isFetchingNextPage}
            onClick={() => void people.fetchNextPage()}
            className="max-md:h-11"
          >
            {w.more}
          </Button>
        </div>
      )}
    </Card>
  );
}
