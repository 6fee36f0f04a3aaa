"use client";

import { useQueries } from "@tanstack/react-query";
import { Layers, Plus, X } from "lucide-react";
import { http } from "@/api/client";
import { OptionList } from "@/components/filter-chip";
import { Button } from "@/components/ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import type { Segment } from "./queries";
import type { Draft } from "./use-segment-form";
import { useWords } from "./words";

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

interface Props {
  id: string;
  draft: Draft;
  segments: Segment[];
  onDraft: (by: (now: Draft) => Draft) => void;
}

/** Shown one by one up to here; by hand more are rarely taken out. */
const NAMED = 20;

/** Who is out whatever the conditions say: everybody of another segment, and people taken out by hand. */
export function LeaveOut({ id, draft, segments, onDraft }: Props) {
  const t = useT();
  const w = useWords();
  const others = segments.filter((one) => one.id !== id);
  const people = useQueries({
    queries: draft.excludeContactIds.slice(0, NAMED).map((contact) => ({
      queryKey: ["contact", contact],
      queryFn: () => http.get("/api/contacts/{contact_id}", { path: { contact_id: contact } }),
      staleTime: 60_000,
      retry: false,
    })),
  });
  if (others.length === 0 && draft.excludeContactIds.length === 0 && draft.includeContactIds.length === 0) {
    return null;
  }
  const toggle = (segment: string) =>
    onDraft((now) => ({
      ...now,
      excludeSegmentIds: now.excludeSegmentIds.includes(segment)
        ? now.excludeSegmentIds.filter((one) => one !== segment)
        : [...now.excludeSegmentIds, segment],
    }));
  const bare =
    draft.excludeSegmentIds.length + draft.excludeContactIds.length + draft.includeContactIds.length === 0;
  const rest = draft.excludeContactIds.length - NAMED;
  return (
    <section
      aria-label={w.leaveOutTitle}
      className={cn(
        "flex flex-col gap-2 md:ml-[60px]",
        bare ? "-mt-3" : "rounded-lg border border-destructive/25 bg-danger-soft/35 px-3 py-2.5",
      )}
    >
      <div className="flex min-h-7 flex-wrap items-center gap-1.5">
        {draft.excludeSegmentIds.length > 0 && (
          <h2 className="mr-1 font-medium text-destructive">{w.otherSegments}</h2>
        )}
        {draft.excludeSegmentIds.map((segment) => (
          <Chip
            key={segment}
            label={segments.find((one) => one.id === segment)?.name ?? "…"}
            onDrop={() => toggle(segment)}
          />
        ))}
        <Popover>
          <PopoverTrigger asChild>
            <Button
              variant="ghost"
              size="sm"
              aria-label={bare ? undefined : w.addOther}
              className="max-md:h-11"
            >
              {bare ? <Layers aria-hidden /> : <Plus aria-hidden />}
              {bare ? w.leaveOutOther : w.title}
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
      </div>
      {draft.excludeContactIds.length > 0 && (
        <div className="flex min-h-7 flex-wrap items-center gap-1.5">
          <h2 className="mr-1 font-medium text-destructive">{w.byHand}</h2>
          {draft.excludeContactIds.slice(0, NAMED).map((contact, at) => (
            <Chip
              key={contact}
              label={people[at]?.data ? people[at].data.name || t.contacts.noName : "…"}
              onDrop={() =>
                onDraft((now) => ({
                  ...now,
                  excludeContactIds: now.excludeContactIds.filter((one) => one !== contact),
                }))
              }
            />
          ))}
          {rest > 0 && <span className="text-xs text-muted-foreground">+{rest}</span>}
        </div>
      )}
      {draft.includeContactIds.length > 0 && (
        <div className="flex min-h-7 items-center gap-1.5">
          <span className="font-medium">{w.added(draft.includeContactIds.length)}</span>
          <Button
            variant="ghost"
            size="sm"
            onClick={() => onDraft((now) => ({ ...now, includeContactIds: [] }))}
            className="max-md:h-11"
          >
            {t.common.clear}
          </Button>
        </div>
      )}
    </section>
  );
}
