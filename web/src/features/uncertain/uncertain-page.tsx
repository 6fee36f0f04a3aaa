"use client";

import { ChevronLeft, CircleCheck, Scale, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { CampaignMessage, Resolution } from "@/api/types";
import { PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { Empty, Failure, Skeleton } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import { Link, useSearch } from "@/lib/router";
import { cn } from "@/lib/utils";
import { useMe } from "../session/queries";
import { GroupDetail } from "./group-detail";
import { GroupQueue } from "./group-queue";
import { useUncertain, useUncertainCounts } from "./queries";
import { useDesk } from "./use-desk";
import { useWords } from "./words";
import { decidedPeople, type Item, itemsOf, wholeOf } from "./work";

// Its tab is the second one.
const Incidents = lazy(() => import("./incidents").then((m) => ({ default: m.Incidents })));
const PersonSheet = lazy(() => import("../campaigns/person-sheet").then((m) => ({ default: m.PersonSheet })));
const DecideDialog = lazy(() => import("./decide-dialog").then((m) => ({ default: m.DecideDialog })));

type Tab = "people" | "incidents";

interface Asking {
  item: Item;
  person: CampaignMessage | null;
  decision: Resolution | null;
  /** All requests of the item's send. */
  whole: boolean;
}

function Loading() {
  return (
    <div aria-hidden className="flex flex-col gap-4 p-6">
      <Skeleton className="h-6 w-56" />
      {[1, 2, 3, 4].map((row) => (
        <Skeleton key={row} className="h-12 w-full" />
      ))}
    </div>
  );
}

function People({ campaignId }: { campaignId: string | null }) {
  const t = useT();
  const w = useWords();
  const list = useUncertain(campaignId);
  const mayDecide = useMe().data?.permissions.includes("messages.resolve") ?? false;
  const items = itemsOf(list.data?.pages.flatMap((page) => page.items) ?? []);
  const { desk, dispatch, settled, decideGroup, decideSend, decidePerson } = useDesk(
    items,
    list.dataUpdatedAt,
  );
  const [asking, setAsking] = useState<Asking | null>(null);
  const [person, setPerson] = useState<CampaignMessage | null>(null);
  const [opened, setOpened] = useState(false); // on a phone: the list, or one group of it
  const item = items.find((one) => one.id === desk.current && !desk.answers[one.id]) ?? null;

  const ask = (decision: Resolution | null, whom: CampaignMessage | null = null) => {
    if (item && mayDecide && !(decision === "resend" && !item.send.mayResend))
      setAsking({ item, person: whom, decision, whole: false });
  };
  const about = asking && (asking.whole ? wholeOf(asking.item.send) : asking.item.group);
  useShortcuts([
    { combo: "j", name: "nextGroup", group: "list", run: () => dispatch({ type: "step", by: 1 }) },
    { combo: "k", name: "previousGroup", group: "list", run: () => dispatch({ type: "step", by: -1 }) },
    { combo: "enter", name: "decide", group: "screen", run: () => ask(null) },
    { combo: "1", name: "adopt", group: "screen", run: () => ask("adopt") },
    { combo: "2", name: "resend", group: "screen", run: () => ask("resend") },
    { combo: "3", name: "close", group: "screen", run: () => ask("close") },
  ]);

  if (list.isPending) return <Loading />;
  if (list.isError && items.length === 0)
    return <Failure title={w.loadFailed} error={list.error} onRetry={() => void list.refetch()} />;
  const done = decidedPeople(desk);
  const nothing = items.every((one) => desk.answers[one.id]) && !list.hasNextPage;
  if (nothing && Object.values(desk.answers).every((answer) => answer.resolved !== null))
    return (
      <Empty
        icon={CircleCheck}
        title={w.emptyTitle}
        actions={
          <Button asChild>
            <Link href="/campaigns">{w.campaigns}</Link>
          </Button>
        }
      >
        {done > 0 ? w.emptyDone(done) : w.emptyHint}
      </Empty>
    );
  return (
    <div className="flex min-h-0 flex-1">
      <div
        className={cn(
          "flex w-[264px] shrink-0 flex-col border-r max-md:w-full max-md:border-r-0",
          opened && item && "max-md:hidden",
        )}
      >
        <GroupQueue
          items={items}
          desk={desk}
          onOpen={(id) => {
            dispatch({ type: "open", id });
            setOpened(true);
          }}
          onMore={list.hasNextPage ? () => void list.fetchNextPage() : null}
          loading={list.isFetchingNextPage}
        />
      </div>
      <section
        aria-label={w.known}
        className={cn("flex min-w-0 flex-1 flex-col", !(opened && item) && "max-md:hidden")}
      >
        {item ? (
          <>
            <Button
              variant="ghost"
              onClick={() => setOpened(false)}
              className="mx-2 mt-1 h-11 self-start md:hidden"
            >
              <ChevronLeft aria-hidden />
              {w.openList}
            </Button>
            <GroupDetail
              key={item.id}
              item={item}
              settled={settled}
              mayDecide={mayDecide}
              onAsk={ask}
              onAskWhole={() => setAsking({ item, person: null, decision: null, whole: true })}
              onOpenPerson={setPerson}
            />
          </>
        ) : (
          <Loading />
        )}
      </section>
      <Suspense>
        {asking && about && (
          <DecideDialog
            name={asking.person && (asking.person.name || t.contacts.noName)}
            people={asking.person ? 1 : about.people}
            units={asking.person ? Math.min(1, about.units) : about.units}
            mayResend={asking.item.send.mayResend}
            chosen={asking.decision}
            onClose={() => setAsking(null)}
            onDecide={(decision, reason) => {
              setAsking(null);
              if (asking.person) void decidePerson(asking.item, asking.person, decision, reason);
              else {
                setOpened(false);
                if (asking.whole) void decideSend(asking.item.send, decision, reason);
                else void decideGroup(asking.item, decision, reason);
              }
            }}
          />
        )}
      </Suspense>
      <Suspense>
        <PersonSheet
          campaignId={item?.send.campaignId ?? ""}
          // Without a campaign there is no record of what was checked: the sheet leaves that part out.
          person={person && { ...person, contactId: item?.send.campaignId ? person.contactId : null }}
          onClose={() => setPerson(null)}
        />
      </Suspense>
    </div>
  );
}

/** People of whom nobody can say whether it reached them, and what went wrong with whom. The hub never guesses: somebody decides. */
export function UncertainPage() {
  const t = useT();
  const w = useWords();
  const f = useFormat();
  const [search, setSearch] = useSearch();
  const counts = useUncertainCounts().data;
  const mayReconcile = useMe().data?.permissions.includes("operations.read") ?? false;
  const campaign = search.get("campaign");
  const tab: Tab = search.get("tab") === "incidents" ? "incidents" : "people";
  useTitle(w.title);
  return (
    <>
      <PageHeader
        title={w.title}
        trail={[{ href: "/campaigns", label: t.campaigns.title }]}
        meta={
          campaign && (
            <Button size="sm" className="max-md:h-11" onClick={() => setSearch({ campaign: null })}>
              {w.onlyOne}
              <span className="sr-only">, {w.showAll}</span>
              <X aria-hidden />
            </Button>
          )
        }
        actions={
          mayReconcile && (
            <Button asChild size="sm" variant="ghost" className="max-md:size-11">
              <Link href="/sends/books">
                <Scale aria-hidden />
                <span className="max-md:sr-only">{t.shell.reconcile}</span>
              </Link>
            </Button>
          )
        }
      />
      <div className="flex shrink-0 border-b px-5 py-2 max-md:px-3">
        <Segmented<Tab>
          label={w.tabs}
          value={tab}
          onChange={(value) => setSearch({ tab: value === "people" ? null : value })}
          options={[
            { value: "people", label: w.tabPeople(counts ? f.num(counts.people) : "") },
            { value: "incidents", label: w.tabIncidents(counts ? f.num(counts.incidents) : "") },
          ]}
          className="max-md:w-full"
        />
      </div>
      {tab === "people" ? (
        <People campaignId={campaign} />
      ) : (
        <Suspense fallback={<Loading />}>
          <Incidents campaignId={campaign} />
        </Suspense>
      )}
    </>
  );
}
