"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { StackedBar } from "@/components/ui/progress";
import { useFormat } from "@/lib/i18n";
import { going, useBulkEdits } from "./bulk-queries";
import { useWorkWords } from "./work-words";

/** Changes to many that are under way, whoever began them: they go on over a reload, and so does their bar. */
export function BulkProgress({ onOpen }: { onOpen: () => void }) {
  const w = useWorkWords();
  const f = useFormat();
  const client = useQueryClient();
  const edits = useBulkEdits(5).data?.filter(going) ?? [];
  const before = useRef(0);
  useEffect(() => {
    // One has ended: the list shows what it did.
    if (edits.length < before.current) void client.invalidateQueries({ queryKey: ["contacts"] });
    before.current = edits.length;
  }, [edits.length, client]);
  return edits.map((edit) => (
    <button
      key={edit.id}
      type="button"
      onClick={onOpen}
      className="flex min-h-9 w-full shrink-0 items-center gap-3 border-b bg-brand-soft/40 px-5 text-left text-xs hover:bg-brand-soft/70 max-md:min-h-11 max-md:px-3"
    >
      <span className="font-medium text-brand-fg">{w.states[edit.state]}</span>
      <span className="text-muted-foreground">
        {edit.state === "queued" && edit.changes.erase
          ? w.startsAt(f.dateTime(edit.startsAt))
          : edit.total !== null && w.progress(edit.progress)}
      </span>
      {edit.total !== null && (
        <StackedBar
          label={w.states[edit.state] ?? ""}
          max={edit.total || 1}
          parts={[{ key: "done", value: edit.done, tone: "brand" }]}
          className="h-1 min-w-24 flex-1"
        />
      )}
    </button>
  ));
}
