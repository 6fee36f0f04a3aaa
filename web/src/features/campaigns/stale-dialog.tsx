"use client";

import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { useFormat, useT } from "@/lib/i18n";
import type { Draft } from "./draft";
import type { Stale, StaleField } from "./stale";

interface Props {
  stale: Stale;
  onSettle: (keep: "mine" | "theirs") => void;
  onClose: () => void;
}

/** Two people changed the same: both words side by side, and nothing is written over until somebody says so. */
export function StaleDialog({ stale, onSettle, onClose }: Props) {
  const t = useT();
  const f = useFormat();
  const words = t.composer;
  const shown = (draft: Draft, field: StaleField): string => {
    switch (field) {
      case "name":
        return draft.name;
      case "messageClass":
        return t.campaigns.classes[draft.messageClass] ?? "";
      case "audience":
        if ("contactIds" in draft.audience)
          return words.audienceCount(f.num(draft.audience.contactIds.length));
        if ("segmentId" in draft.audience) return words.audienceChosen;
        return Object.keys(draft.audience.filter).length === 0
          ? words.audienceEveryone
          : words.audienceFilter;
      case "steps":
        return [draft, ...draft.next]
          .map((step) => `${t.contacts.channels[step.channel] ?? ""}\n${step.body}`.trim())
          .join("\n\n");
      case "mayOverlap":
        return draft.mayOverlap ? words.staleOn : words.staleOff;
      case "schedule":
        return draft.scheduleAt ? f.dateTime(`${draft.scheduleAt}:00+09:00`) : words.staleNone;
      case "sendWindow":
        return draft.window ? `${draft.window.from}–${draft.window.until}` : words.staleNone;
    }
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={words.staleTitle}
        description={words.staleHint(stale.who, stale.at ? f.dateTime(stale.at) : "")}
        className="md:w-[min(680px,calc(100vw-32px))]"
        footer={
          <>
            <Button className="max-md:h-12 max-md:flex-1" onClick={() => onSettle("theirs")}>
              {words.staleTheirs}
            </Button>
            <Button variant="primary" className="max-md:h-12 max-md:flex-1" onClick={() => onSettle("mine")}>
              {words.staleMine}
            </Button>
          </>
        }
      >
        <dl className="flex flex-col gap-4">
          {stale.fields.map((field) => (
            <div key={field}>
              <dt className="mb-1.5 font-medium">{words.staleFields[field]}</dt>
              <dd className="grid gap-2 md:grid-cols-2">
                {(
                  [
                    [words.staleTheirWords, stale.theirs],
                    [words.staleMyWords, stale.mine],
                  ] as const
                ).map(([label, draft]) => (
                  <div key={label} className="rounded-md border px-3 py-2">
                    <p className="text-xs text-muted-foreground">{label}</p>
                    <p className="mt-0.5 whitespace-pre-wrap [overflow-wrap:anywhere]">
                      {shown(draft, field) || words.staleNone}
                    </p>
                  </div>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      </DialogContent>
    </Dialog>
  );
}
