"use client";

import { useQueries } from "@tanstack/react-query";
import { Layers, Plus, X } from "lucide-react";
import { http } from "@/api/client";
import { OptionList } from "@/components/filter-chip";
import { Button } from "@/components/ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import { PersonPicker } from "./person-picker";
import type { Segment } from "./queries";
import type { Draft } from "./use-segment-form";
import { useWords } from "./words";

type ByHand = "excludeContactIds" | "includeContactIds";

/** Shown one by one up to here; by hand more are rarely chosen. */
const NAMED = 20;

function Chip({ label, onDrop }: { label: string; onDrop: () => void }) {
  const w = useWords();
  return (
    <span className="inline-flex h-6 min-w-0 items-center rounded-sm border bg-card pl-1.5 max-md:h-9">
      <span className="max-w-48 truncate">{label}</span>
      <button
        type="button"
        aria-label={w.removeValue(label)}
        onClick={onDrop}
        className="flex h-full items-center rounded-r-sm px-1 text-muted-foreground hover:bg-accent max-md:px-2"
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </span>
  );
}

function People({
  title,
  ids,
  out,
  onDrop,
}: {
  title: string;
  ids: string[];
  out?: boolean;
  onDrop: (id: string) => void;
}) {
  const t = useT();
  const people = useQueries({
    queries: ids.slice(0, NAMED).map((contact) => ({
      queryKey: ["contact", contact],
      queryFn: () => http.get("/api/contacts/{contact_id}", { path: { contact_id: contact } }),
      staleTime: 60_000,
      retry: false,
    })),
  });
  if (ids.length === 0) return null;
  return (
    <div className="flex min-h-7 flex-wrap items-center gap-1.5">
      <h2 className={cn("mr-1 font-medium", out && "text-destructive")}>{title}</h2>
      {ids.slice(0, NAMED).map((contact, at) => (
        <Chip
          key={contact}
          label={people[at]?.data ? people[at].data.name || t.contacts.noName : "…"}
          onDrop={() => onDrop(contact)}
        />
      ))}
      {ids.length > NAMED && <span className="text-xs text-muted-foreground">+{ids.length - NAMED}</span>}
    </div>
  );
}

interface Props {
  id: string;
  draft: Draft;
  segments: Segment[];
  onDraft: (by: (now: Draft) => Draft) => void;
}

/** Whatever the conditions say: everybody of another segment is out, and single people are out or in by hand. */
export function LeaveOut({ id, draft, segments, onDraft }: Props) {
  const w = useWords();
  const others = segments.filter((one) => one.id !== id);
  const already = draft.excludeSegmentIds.length > 0;
  const out = draft.excludeSegmentIds.length + draft.excludeContactIds.length > 0;
  const toggle = (segment: string) =>
    onDraft((now) => ({
      ...now,
      excludeSegmentIds: now.excludeSegmentIds.includes(segment)
        ? now.excludeSegmentIds.filter((one) => one !== segment)
        : [...now.excludeSegmentIds, segment],
    }));
  const drop = (list: ByHand) => (contact: string) =>
    onDraft((now) => ({ ...now, [list]: now[list].filter((one) => one !== contact) }));
  const choice = others.length > 0 && (
    <Popover>
      <PopoverTrigger asChild>
        <Button
          variant="ghost"
          size="sm"
          aria-label={already ? w.addOther : undefined}
          className="max-md:h-11"
        >
          {already ? <Plus aria-hidden /> : <Layers aria-hidden />}
          {already ? w.title : w.leaveOutOther}
        </Button>
      </PopoverTrigger>
      <PopoverContent aria-label={w.addOther} className="w-60 overflow-hidden">
        <OptionList
          label={w.addOther}
          placeholder={w.find}
          options={others.map((one) => ({ value: one.id, label: one.name }))}
          value={draft.excludeSegmentIds}
          onChoose={toggle}
          searchable
        />
      </PopoverContent>
    </Popover>
  );
  return (
    <section aria-label={w.leaveOutTitle} className="-mt-3 flex flex-col gap-2 md:ml-[60px]">
      {out && (
        <div className="mt-2 flex flex-col gap-2 rounded-lg border border-destructive/25 bg-danger-soft/35 px-3 py-2.5">
          {already && (
            <div className="flex min-h-7 flex-wrap items-center gap-1.5">
              <h2 className="mr-1 font-medium text-destructive">{w.otherSegments}</h2>
              {draft.excludeSegmentIds.map((segment) => (
                <Chip
                  key={segment}
                  label={segments.find((one) => one.id === segment)?.name ?? "…"}
                  onDrop={() => toggle(segment)}
                />
              ))}
              {choice}
            </div>
          )}
          <People out title={w.byHand} ids={draft.excludeContactIds} onDrop={drop("excludeContactIds")} />
        </div>
      )}
      {draft.includeContactIds.length > 0 && (
        <div className="rounded-lg border bg-muted/55 px-3 py-2.5">
          <People title={w.added} ids={draft.includeContactIds} onDrop={drop("includeContactIds")} />
        </div>
      )}
      <div className="flex flex-wrap items-center gap-1">
        {!already && choice}
        <PersonPicker
          label={w.addPerson}
          onPick={(contact) =>
            onDraft((now) => ({
              ...now,
              includeContactIds: [...new Set([...now.includeContactIds, contact])],
              excludeContactIds: now.excludeContactIds.filter((one) => one !== contact),
            }))
          }
        />
      </div>
    </section>
  );
}
