"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { http } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Dialog, SheetContent } from "@/components/ui/dialog";
import { Failure, Skeleton } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { useWords } from "../approvals/queries";

/** Which people of a check: those who get it (no reason), those left out for one, or who got something lately. */
export interface Whom {
  title: string;
  reason?: string;
  recent?: number;
}

interface Props {
  campaignId: string;
  whom: Whom;
  onClose: () => void;
}

/** The people behind a number of the check, as a launch would sort them now. */
export function CheckPeople({ campaignId, whom, onClose }: Props) {
  const t = useT();
  const f = useFormat();
  const w = useWords().people;
  const people = useInfiniteQuery({
    queryKey: ["campaign", campaignId, "check", "people", whom.reason ?? "", whom.recent ?? 0],
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/campaigns/{campaign_id}/check/people", {
        path: { campaign_id: campaignId },
        query: { reason: whom.reason ?? "", recent: whom.recent, cursor: pageParam, limit: 50 },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    gcTime: 0,
  });
  const rows = people.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <SheetContent title={whom.title}>
        {people.isError ? (
          <Failure compact error={people.error} onRetry={() => void people.refetch()} />
        ) : people.isPending ? (
          <div role="status" aria-label={t.common.loading} className="flex flex-col gap-3 p-5">
            <Skeleton className="h-10 w-full" />
            <Skeleton className="h-10 w-full" />
          </div>
        ) : (
          <ul>
            {rows.map((one) => (
              <li
                key={one.contactId}
                className="flex min-h-12 items-center gap-3 border-b px-5 py-2 last:border-b-0"
              >
                <span className="min-w-0 flex-1">
                  <Link href={`/contacts/${one.contactId}`} className="font-medium hover:underline">
                    {one.name || t.contacts.noName}
                  </Link>
                  {one.keeper && (
                    <span className="block text-xs text-muted-foreground">
                      {w.keeper(one.keeper.name || t.contacts.noName)}
                    </span>
                  )}
                </span>
                <span className="shrink-0 text-right text-xs text-muted-foreground">
                  {one.phone || w.noPhone}
                  {one.bytes > 0 && <span className="block">{w.weighs(f.num(one.bytes))}</span>}
                </span>
              </li>
            ))}
            {rows.length === 0 && !people.hasNextPage && (
              <li className="px-5 py-8 text-center text-muted-foreground">{w.nobody}</li>
            )}
          </ul>
        )}
        {people.hasNextPage && (
          <div className="p-4 text-center">
            <Button
              busy={people.isFetchingNextPage}
              onClick={() => void people.fetchNextPage()}
              className="max-md:h-11"
            >
              {w.more}
            </Button>
          </div>
        )}
      </SheetContent>
    </Dialog>
  );
}
