"use client";

import { FileUser } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { PageHeader } from "@/components/shell/page-header";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { Empty, Failure, Skeleton } from "@/components/ui/states";
import { daysBetween, koreanDay } from "@/lib/format";
import { useNow, useTitle } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { cn } from "@/lib/utils";
import { type DataRequest, useRequests } from "./request-queries";
import { useViewWords } from "./view-words";

const HandleRequest = lazy(() => import("./handle-request").then((m) => ({ default: m.HandleRequest })));

const SOON = 3;

function Due({ request, now }: { request: DataRequest; now: number }) {
  const w = useViewWords();
  if (request.state !== "open") {
    const refused = request.state === "refused";
    return <Badge tone={refused ? "warning" : "success"}>{refused ? w.requestRefused : w.requestDone}</Badge>;
  }
  if (now === 0) return null;
  const left = daysBetween(koreanDay(now), koreanDay(request.dueAt));
  return <Badge tone={left <= 0 ? "danger" : left <= SOON ? "warning" : "neutral"}>{w.daysLeft(left)}</Badge>;
}

function Line({
  request,
  now,
  onHandle,
}: {
  request: DataRequest;
  now: number;
  onHandle: (request: DataRequest) => void;
}) {
  const t = useT();
  const f = useFormat();
  const w = useViewWords();
  const name = request.contactName;
  const why = request.outcome.why as keyof typeof w.whys | undefined;
  const how = request.outcome.how as keyof typeof w.hows | undefined;
  return (
    <li className="flex min-h-[60px] flex-wrap items-center gap-x-4 gap-y-1 border-b px-5 py-2 hover:bg-muted max-md:px-4">
      <span className="w-20 shrink-0">
        <Due request={request} now={now} />
      </span>
      <span className="flex min-w-0 flex-1 basis-60 flex-col">
        <span className="flex items-center gap-2">
          {name ? (
            <Link href={`/contacts/${request.contactId}`} className="rounded-sm font-medium hover:underline">
              {name}
            </Link>
          ) : (
            <span className="text-muted-foreground">
              {request.kind === "erase" ? w.erasedPerson : t.contacts.noName}
            </span>
          )}
          <span>{w.requestKinds[request.kind]}</span>
        </span>
        <span className="text-xs break-words text-muted-foreground">
          {[
            `${w.requesters[request.requester]} · ${w.vias[request.via]}`,
            w.received(f.date(request.receivedAt)),
            request.note,
            request.state === "refused" && why && w.whys[why],
            how && w.hows[how],
            request.doneByName && w.by(request.doneByName),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </span>
      <span className="text-xs text-muted-foreground max-md:hidden">
        {request.state === "open" ? w.requestDue(f.date(request.dueAt)) : f.date(request.doneAt ?? "")}
      </span>
      {request.state === "open" && (
        <Button size="sm" className="max-md:h-11" onClick={() => onHandle(request)}>
          {w.handle}
          <span className="sr-only">
            {" "}
            {name} {w.requestKinds[request.kind]}
          </span>
        </Button>
      )}
    </li>
  );
}

/** What people ask about their own data, by the day by which the law wants an answer (PIPA 35 to 37: ten days). */
export function RequestsPage() {
  const t = useT();
  const w = useViewWords();
  const now = useNow(60);
  const [shown, setShown] = useState<"open" | "all">("open");
  const [handling, setHandling] = useState<DataRequest | null>(null);
  const list = useRequests(shown === "open");
  const rows = list.data ?? [];
  useTitle(t.shell.requests);
  return (
    <>
      <PageHeader title={t.shell.requests} trail={[{ href: "/contacts", label: t.contacts.title }]} />
      <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-3 border-b px-5 py-1.5 max-md:px-3">
        <Segmented
          label={w.requestsShown}
          value={shown}
          onChange={setShown}
          options={[
            { value: "open", label: w.requestsOpen },
            { value: "all", label: w.requestsAll },
          ]}
        />
        <span className="text-xs text-muted-foreground">{w.requestsHint}</span>
      </div>
      <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
        {list.isPending ? (
          <div aria-hidden className="animate-shimmer">
            {[1, 2, 3].map((n) => (
              <div key={n} className="flex h-[60px] items-center gap-4 border-b px-5">
                <Skeleton still className="h-5 w-14" />
                <Skeleton still className="h-4 w-48" />
              </div>
            ))}
          </div>
        ) : list.isError ? (
          <Failure title={w.requestsFailed} error={list.error} onRetry={() => void list.refetch()} />
        ) : rows.length === 0 ? (
          <Empty icon={FileUser} title={shown === "open" ? w.requestsNone : w.requestsNever}>
            {w.requestsNoneHint}
          </Empty>
        ) : (
          <ul aria-label={t.shell.requests} className={cn(list.isFetching && "opacity-60")}>
            {rows.map((request) => (
              <Line key={request.id} request={request} now={now} onHandle={setHandling} />
            ))}
          </ul>
        )}
      </div>
      <Suspense>
        {handling && <HandleRequest request={handling} onClose={() => setHandling(null)} />}
      </Suspense>
    </>
  );
}
