"use client";

import { Users } from "lucide-react";
import { lazy, Suspense, useMemo } from "react";
import type { MessageClass } from "@/api/types";
import { Avatar, Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Failure, Skeleton } from "@/components/ui/states";
import { useDebounced } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import { ContactChips } from "../contacts/contact-chips";
import { type Chips, chipsOf, type Filter, NO_CHIPS, toFilter } from "../contacts/filter";
import { useTags } from "../contacts/queries";
import { useTenant } from "../session/queries";
import type { Draft } from "./draft";
import { useAudienceCount, useSegment } from "./queries";

const SegmentChoice = lazy(() => import("./segment-choice").then((m) => ({ default: m.SegmentChoice })));

const CLASSES: Record<string, MessageClass[]> = {
  camp: ["civic", "campaign", "greeting", "turnout", "council_report", "party_notice"],
  sales: ["transactional", "commercial_ad"],
};

interface Props {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  errorOf: (field: string) => string | undefined;
}

/** Whom, and what kind of message it is: the kind decides which rules hold, so it is asked first and never guessed. */
export function AudienceStep({ draft, onChange, errorOf }: Props) {
  const t = useT();
  const tenant = useTenant();
  const error = errorOf("campaign-class");
  return (
    <div className="flex flex-col gap-8">
      <fieldset id="campaign-class" tabIndex={-1} className="outline-none">
        <legend className="mb-1 font-medium">{t.composer.class}</legend>
        <p className="mb-3 text-xs text-muted-foreground">{t.composer.classHint}</p>
        <div className="grid gap-2 md:grid-cols-2">
          {(CLASSES[tenant?.kind ?? "camp"] ?? []).map((one) => (
            <label
              key={one}
              className={cn(
                "press flex cursor-pointer items-start gap-2.5 rounded-lg border bg-card p-3 shadow-card hover:border-border-strong has-focus-visible:outline-2 has-focus-visible:outline-ring dark:bg-transparent",
                draft.messageClass === one &&
                  "border-brand bg-brand-soft/50 shadow-[inset_0_0_0_1px_var(--brand)] hover:border-brand dark:bg-brand-soft/40",
              )}
            >
              <input
                type="radio"
                name="message-class"
                className="mt-0.5 size-4 shrink-0 accent-brand"
                checked={draft.messageClass === one}
                onChange={() => onChange({ messageClass: one })}
              />
              <span>
                <span className="block font-medium">{t.campaigns.classes[one]}</span>
                <span className="block text-xs text-muted-foreground">{t.campaigns.classHints[one]}</span>
              </span>
            </label>
          ))}
        </div>
        {error && (
          <p role="alert" className="mt-2 text-xs text-destructive">
            {error}
          </p>
        )}
      </fieldset>
      <Audience draft={draft} onChange={onChange} error={errorOf("campaign-audience")} />
    </div>
  );
}

function Audience({ draft, onChange, error }: { draft: Draft; onChange: Props["onChange"]; error?: string }) {
  const t = useT();
  const f = useFormat();
  const tags = useTags().data ?? [];
  const segmentId = "segmentId" in draft.audience ? draft.audience.segmentId : null;
  const segment = useSegment(segmentId);
  const filter =
    "filter" in draft.audience ? draft.audience.filter : ((segment?.filter as Filter | undefined) ?? null);
  const chips = useMemo(() => (filter ? chipsOf(filter) : NO_CHIPS), [filter]);
  // Conditions that no chip can say came from the contacts; a chip changed here would quietly drop them.
  const more =
    "filter" in draft.audience && JSON.stringify(toFilter(chips)) !== JSON.stringify(draft.audience.filter);
  const byIds = "contactIds" in draft.audience || segmentId !== null || more;
  const count = useAudienceCount(
    useDebounced(filter, 250),
    segment && {
      excludeSegmentIds: segment.excludeSegmentIds,
      includeContactIds: segment.includeContactIds,
      excludeContactIds: segment.excludeContactIds,
    },
  );
  const mode = more
    ? "filter"
    : byIds
      ? "chosen"
      : Object.keys(filter ?? {}).length === 0
        ? "everyone"
        : "filter";
  const set = (next: Chips) => onChange({ audience: { filter: toFilter(next) }, chosen: null });
  const number = "contactIds" in draft.audience ? draft.audience.contactIds.length : count.data?.count;
  return (
    <section id="campaign-audience" tabIndex={-1} aria-label={t.composer.audience} className="outline-none">
      <div className="mb-3 flex items-center justify-between gap-3">
        <h2 className="font-medium">{t.composer.audience}</h2>
        {byIds && (
          <Button variant="link" onClick={() => onChange({ audience: { filter: {} }, chosen: null })}>
            {t.composer.change}
          </Button>
        )}
      </div>
      <div className="rounded-lg border bg-card shadow-card">
        <div className="flex items-center gap-4 p-4">
          <span className="flex size-10 shrink-0 items-center justify-center rounded-lg bg-secondary text-muted-foreground">
            <Users aria-hidden className="size-5" />
          </span>
          <div className="min-w-0 flex-1">
            <p
              aria-live="polite"
              aria-busy={count.isPlaceholderData}
              className="busy-bar text-xl font-semibold"
            >
              {number === undefined ? (
                count.isError ? (
                  "–"
                ) : (
                  <Skeleton className="my-1 h-5 w-20" />
                )
              ) : (
                t.composer.audienceCount(`${f.num(number)}${count.data?.relation === "gte" ? "+" : ""}`)
              )}
            </p>
            <p className="text-xs text-muted-foreground">{t.composer.audienceHint}</p>
          </div>
          {mode === "chosen" ? (
            <Badge>{segment?.name ?? t.composer.audienceChosen}</Badge>
          ) : (
            <Badge>{mode === "everyone" ? t.composer.audienceEveryone : t.composer.audienceFilter}</Badge>
          )}
        </div>
        {!byIds && (
          <div className="flex flex-wrap items-center gap-1.5 border-t px-4 py-3">
            <ContactChips chips={chips} onChips={set} tags={tags} />
            {mode === "everyone" && (
              <Suspense>
                <SegmentChoice onSegment={(id) => onChange({ audience: { segmentId: id }, chosen: null })} />
              </Suspense>
            )}
            {mode === "filter" && (
              <Button variant="ghost" size="sm" onClick={() => set(NO_CHIPS)}>
                {t.common.clearAll}
              </Button>
            )}
          </div>
        )}
        {count.isError && !("contactIds" in draft.audience) && (
          <Failure compact error={count.error} onRetry={() => void count.refetch()} />
        )}
        {count.data?.sample && count.data.sample.length > 0 && !("contactIds" in draft.audience) && (
          <div className="border-t px-4 py-3">
            <p className="mb-2 text-xs text-muted-foreground">{t.composer.samples}</p>
            <ul className="flex flex-wrap gap-x-5 gap-y-2">
              {count.data.sample.slice(0, 5).map((one) => (
                <li key={one.id} className="flex items-center gap-2">
                  <Avatar name={one.name || t.contacts.noName} />
                  <span className="font-medium">{one.name || t.contacts.noName}</span>
                  <span className="text-xs text-muted-foreground">{one.district}</span>
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
      {error && (
        <p role="alert" className="mt-2 text-xs text-destructive">
          {error}
        </p>
      )}
      <p className="mt-2 text-xs text-muted-foreground">{t.composer.audienceLate}</p>
    </section>
  );
}
