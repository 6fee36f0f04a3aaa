"use client";

import { History } from "lucide-react";
import { useState } from "react";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Confirm, Dialog, SheetContent } from "@/components/ui/dialog";
import { StackedBar } from "@/components/ui/progress";
import { Empty, Failure, Skeleton } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { type BulkEdit, going, useBulkEdits, useCancelBulk, useSince, useUndoBulk } from "./bulk-queries";
import { usePurposeWords } from "./purpose-words";
import { useWorkWords } from "./work-words";

const TONES: Record<string, BadgeTone> = {
  queued: "brand",
  running: "brand",
  undoing: "brand",
  completed: "success",
  failed: "danger",
  undone: "warning",
};
const SINCE = ["edited", "merged", "erased", "messaged", "refused"] as const;

/** In words: which change it was. */
function useSummary() {
  const w = useWorkWords();
  const p = usePurposeWords();
  return ({ changes: c }: BulkEdit): string =>
    [
      c.addTags?.length && `${w.kinds.addTags} ${c.addTags.join(", ")}`,
      c.removeTags?.length && `${w.kinds.removeTags} ${c.removeTags.join(", ")}`,
      c.district !== null && c.district !== undefined && `${w.kinds.district} ${c.district}`,
      c.addPurposes?.length && `${w.kinds.told} ${c.addPurposes.map((one) => p.toldOf[one]).join(", ")}`,
      c.removePurposes?.length &&
        `${w.kinds.untold} ${c.removePurposes.map((one) => p.toldOf[one]).join(", ")}`,
      ...Object.entries(c.attributes ?? {}).map(([key, value]) => `${key}: ${value ?? "–"}`),
      c.consent && w.kinds[c.consent.state === "granted" ? "consent" : "withdraw"],
      c.optOut && w.kinds.optOut,
      c.erase && w.kinds.erase,
    ]
      .filter(Boolean)
      .join(" · ");
}

function Undo({ edit, onClose }: { edit: BulkEdit; onClose: () => void }) {
  const t = useT();
  const w = useWorkWords();
  const since = useSince(edit.id);
  const undo = useUndoBulk();
  const met = SINCE.filter((one) => (since.data?.[one] ?? 0) > 0);
  return (
    <Confirm
      open
      onOpenChange={(open) => !open && onClose()}
      title={w.undoTitle}
      action={t.common.undo}
      busy={since.isPending || undo.isPending}
      onConfirm={() => undo.mutate(edit.id, { onSettled: onClose })}
    >
      {since.isError ? (
        <Failure compact error={since.error} onRetry={() => void since.refetch()} />
      ) : (
        <>
          <p>{since.data ? w.undoText(since.data.people) : <Skeleton className="h-4 w-48" />}</p>
          {met.length > 0 && (
            <>
              <p className="mt-3 font-medium text-foreground">{w.sinceHead}</p>
              <ul className="mt-1 list-disc pl-5">
                {met.map((one) => (
                  <li key={one}>{w.since[one](since.data?.[one] ?? 0)}</li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
    </Confirm>
  );
}

/** Everything that was changed for many at once: how far it is, who did it and why, and its way back. */
export function BulkHistory({ onClose }: { onClose: () => void }) {
  const t = useT();
  const f = useFormat();
  const w = useWorkWords();
  const list = useBulkEdits(50);
  const cancel = useCancelBulk();
  const summary = useSummary();
  const [undoing, setUndoing] = useState<BulkEdit | null>(null);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <SheetContent title={w.history}>
        {list.isPending ? (
          <div aria-hidden className="flex flex-col gap-3 p-5">
            {[1, 2, 3].map((n) => (
              <Skeleton key={n} className="h-14 rounded-lg" />
            ))}
          </div>
        ) : list.isError ? (
          <Failure title={w.historyFailed} error={list.error} onRetry={() => void list.refetch()} />
        ) : list.data.length === 0 ? (
          <Empty icon={History} title={w.historyEmpty}>
            {w.historyHint}
          </Empty>
        ) : (
          <ul>
            {list.data.map((edit) => (
              <li key={edit.id} className="flex flex-col gap-1 border-b px-5 py-3">
                <div className="flex items-center gap-2">
                  <b className="min-w-0 flex-1 truncate font-medium">{summary(edit)}</b>
                  <Badge tone={TONES[edit.state] ?? "neutral"}>{w.states[edit.state] ?? edit.state}</Badge>
                </div>
                {going(edit) && edit.total !== null && (
                  <StackedBar
                    label={summary(edit)}
                    max={edit.total || 1}
                    parts={[{ key: "done", value: edit.done, tone: "brand" }]}
                    className="my-1 h-1"
                  />
                )}
                <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted-foreground">
                  <span>{edit.total !== null && w.changed(edit.changed, edit.total)}</span>
                  <span>{w.by(edit.createdBy?.name ?? "")}</span>
                  <span>
                    {edit.state === "queued" && edit.changes.erase
                      ? w.startsAt(f.dateTime(edit.startsAt))
                      : f.dateTime(edit.createdAt)}
                  </span>
                  <span className="ml-auto flex gap-1">
                    {edit.state === "queued" && (
                      <Button
                        size="sm"
                        busy={cancel.isPending}
                        onClick={() => cancel.mutate(edit.id)}
                        className="max-md:h-11"
                      >
                        {t.common.cancel}
                      </Button>
                    )}
                    {edit.state === "completed" && edit.undoUntil && (
                      <Button size="sm" onClick={() => setUndoing(edit)} className="max-md:h-11">
                        {t.common.undo}
                      </Button>
                    )}
                  </span>
                </div>
                {(edit.problem || edit.reason) && (
                  <p className="text-xs text-muted-foreground">{edit.problem ?? edit.reason}</p>
                )}
              </li>
            ))}
          </ul>
        )}
        {undoing && <Undo edit={undoing} onClose={() => setUndoing(null)} />}
      </SheetContent>
    </Dialog>
  );
}
