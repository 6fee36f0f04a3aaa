"use client";

import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { ChevronDown, ChevronUp, StickyNote, UserX } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect, useMemo } from "react";
import { ApiError } from "@/api/client";
import type { ContactPage as Page } from "@/api/types";
import { PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { Empty, Failure, Skeleton } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import { Link, useNavigate, useRecordId } from "@/lib/router";
import { toast } from "@/lib/toast";
import { Asked } from "./asked";
import { ContactFacts } from "./contact-facts";
import { ContactActions, ContactHead, ContactHeadSkeleton, NOTE_BOX } from "./contact-head";
import { Lineage } from "./lineage";
import { useContact } from "./queries";
import { type Place, placeIn } from "./steps";

const LIST = "/contacts";
const Timeline = dynamic(() => import("./timeline").then((part) => part.Timeline));

/** Where this person stands in the list that was open last; null when the page was opened by its address. */
function usePlace(id: string | null): Place | null {
  const client = useQueryClient();
  return useMemo(() => {
    if (id === null) return null;
    const lists = client
      .getQueryCache()
      .findAll({ queryKey: ["contacts", "list"] })
      .sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt)
      .flatMap(({ state }) => (state.data ? [(state.data as InfiniteData<Page>).pages] : []));
    return placeIn(lists, id);
  }, [client, id]);
}

/** Everything about one person: who, how to reach them, what they agreed to, whom they may be, and where it came from. */
export function ContactPage() {
  const t = useT();
  const f = useFormat();
  const id = useRecordId();
  const { to, replace } = useNavigate();
  const contact = useContact(id);
  const place = usePlace(id);
  const one = contact.data;
  const name = one && (one.name || t.contacts.noName);
  useTitle(name);

  // The address of somebody who was merged away leads to whom they became.
  const became = one && id && one.id !== id ? one.id : null;
  useEffect(() => {
    if (!became || !name) return;
    toast(t.contacts.page.became(name));
    replace(`${LIST}/${became}`);
  }, [became, name, replace, t]);

  const step = (other: string | null | undefined) => other && to(`${LIST}/${other}`);
  useShortcuts([
    { combo: "j", name: "nextRow", group: "list", run: () => step(place?.next) },
    { combo: "k", name: "previousRow", group: "list", run: () => step(place?.previous) },
    { combo: "escape", group: "list", run: () => to(LIST) },
  ]);

  const gone = contact.error instanceof ApiError && [404, 422].includes(contact.error.status);
  return (
    <>
      <PageHeader
        title={name ?? t.contacts.drawer.title}
        trail={[{ href: LIST, label: t.contacts.title }]}
        meta={
          place && (
            <span className="flex items-center max-md:hidden">
              {(["previous", "next"] as const).map((way) => (
                <Button
                  key={way}
                  variant="ghost"
                  size="icon-sm"
                  aria-label={t.contacts.drawer[way]}
                  disabled={!place[way]}
                  onClick={() => step(place[way])}
                >
                  {way === "previous" ? <ChevronUp aria-hidden /> : <ChevronDown aria-hidden />}
                </Button>
              ))}
              {place.total !== null && (
                <span className="ml-1">
                  {f.num(place.at + 1)} / {f.num(place.total)}
                </span>
              )}
            </span>
          )
        }
        actions={
          one && (
            <>
              <Button className="max-md:hidden" onClick={() => document.getElementById(NOTE_BOX)?.focus()}>
                <StickyNote aria-hidden />
                {t.contacts.drawer.note}
              </Button>
              <ContactActions contact={one} onErased={() => to(LIST)} />
            </>
          )
        }
      />
      {gone ? (
        <Empty
          icon={UserX}
          title={t.contacts.page.goneTitle}
          actions={
            <Button asChild variant="primary">
              <Link href={LIST}>{t.contacts.page.toList}</Link>
            </Button>
          }
        >
          {t.contacts.page.goneHint}
        </Empty>
      ) : contact.isError && !one ? (
        <Failure
          title={t.contacts.page.loadFailed}
          error={contact.error}
          onRetry={() => void contact.refetch()}
        />
      ) : (
        <div className="thin-scroll min-h-0 flex-1 overflow-y-auto lg:flex lg:overflow-hidden">
          <div className="thin-scroll lg:w-[372px] lg:shrink-0 lg:overflow-y-auto lg:border-r">
            {one ? (
              <>
                <ContactHead contact={one} />
                <ContactFacts key={one.id} contact={one} />
                <Asked id={one.id} />
                <Lineage key={`${one.id}lineage`} id={one.id} />
              </>
            ) : (
              <ContactHeadSkeleton />
            )}
          </div>
          <div className="thin-scroll min-w-0 flex-1 max-lg:border-t lg:overflow-y-auto">
            {one ? (
              <Timeline key={one.id} id={one.id} />
            ) : (
              <div aria-hidden className="flex flex-col gap-4 p-5">
                <Skeleton className="h-4 w-24" />
                <Skeleton className="h-10 w-full" />
                <Skeleton className="h-10 w-full" />
              </div>
            )}
          </div>
        </div>
      )}
    </>
  );
}
