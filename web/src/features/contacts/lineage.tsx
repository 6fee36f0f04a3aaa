"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { useState } from "react";
import { http } from "@/api/client";
import type { LineageEntry } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Skeleton, useErrorText } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { cn } from "@/lib/utils";
import { labelOf } from "../duplicates/field-line";
import { useWords } from "../duplicates/words";

const FIRST = 4;

function useLineage(id: string) {
  return useQuery({
    queryKey: ["contact", id, "lineage"],
    queryFn: ({ signal }) =>
      http.get("/api/contacts/{contact_id}/lineage", { path: { contact_id: id }, signal }),
  });
}

/** Taking a merge back, or asking about a decided pair again. */
function useUndo() {
  const t = useT();
  const client = useQueryClient();
  const errorText = useErrorText();
  return useMutation({
    mutationFn: async (entry: LineageEntry): Promise<string> => {
      if (entry.mergeId) {
        const done = await http.post("/api/merges/{merge_id}/undo", undefined, {
          path: { merge_id: entry.mergeId },
        });
        return t.lineage.did(done.contactIds.length + 1);
      }
      await http.post("/api/duplicates/{pair_id}/undo", undefined, { path: { pair_id: entry.pairId ?? "" } });
      return t.lineage.asked;
    },
    onSuccess: (text) => toast(text),
    onError: (error) => toast(t.duplicates.undoFailed(errorText(error)), { tone: "error" }),
    onSettled: () => {
      for (const key of ["contact", "contacts", "duplicates", "duplicate-counts"]) {
        void client.invalidateQueries({ queryKey: [key] });
      }
    },
  });
}

function useSentence() {
  const t = useT();
  const words = useWords();
  const other = (entry: LineageEntry) =>
    entry.otherNames.map((name) => `‘${name || t.lineage.someone}’`).join(", ");
  return (entry: LineageEntry): { title: string; detail: string } => {
    switch (entry.kind) {
      case "import": {
        const rows = t.lineage.rows(
          entry.rows.slice(0, 3).join(", "),
          entry.rowCount - Math.min(3, entry.rows.length),
        );
        const outcome = entry.undoneAt
          ? t.lineage.undoneImport
          : (t.lineage.outcomes[entry.outcome ?? ""] ?? "");
        return { title: `${entry.fileName ?? ""} ${rows}`, detail: outcome };
      }
      case "merge": {
        const why = words.joints(entry.rules, entry.ruleLabels);
        const who = entry.automatic ? t.lineage.automatic : entry.by ? t.lineage.mergedBy(entry.by) : "";
        const undone = entry.undoneAt ? t.lineage.undone : "";
        return {
          title: t.lineage.merged(other(entry)),
          detail: [...why, who, undone].filter(Boolean).join(" · "),
        };
      }
      case "edit": {
        const fields = entry.fields.map((field) => labelOf(field, t.duplicates.fields)).join(", ");
        return { title: t.lineage.edited(fields), detail: entry.by ?? "" };
      }
      case "decision": {
        const say = entry.state === "shared" ? t.lineage.decided.shared : t.lineage.decided.separate;
        return { title: say(other(entry)), detail: entry.by ? t.lineage.mergedBy(entry.by) : "" };
      }
      default:
        return { title: entry.source ?? t.lineage.created, detail: t.lineage.created };
    }
  };
}

function later(entry: LineageEntry, t: ReturnType<typeof useT>): string {
  const parts = [
    entry.later?.messages && t.lineage.laterMessages(entry.later.messages),
    entry.later?.edits && t.lineage.laterEdits(entry.later.edits),
    entry.later?.imports && t.lineage.laterImports(entry.later.imports),
  ].filter(Boolean);
  return parts.join(", ");
}

function Entry({ entry, last }: { entry: LineageEntry; last: boolean }) {
  const t = useT();
  const f = useFormat();
  const sentence = useSentence();
  const undo = useUndo();
  const { title, detail } = sentence(entry);
  const stays = later(entry, t);
  const undoable = (entry.kind === "merge" && !entry.undoneAt) || entry.kind === "decision";
  return (
    <li className="relative pb-4 pl-5 last:pb-0">
      {!last && <span aria-hidden className="absolute top-3 bottom-0 left-[4px] w-px bg-border" />}
      <span
        aria-hidden
        className={cn(
          "absolute top-1.5 left-0 size-[9px] rounded-full border-2",
          last ? "border-brand bg-brand" : "border-border-strong bg-card",
        )}
      />
      <div className="flex items-baseline justify-between gap-3">
        <span className={cn("min-w-0 break-words font-medium", entry.undoneAt && "line-through")}>
          {title}
        </span>
        <span className="shrink-0 text-xs text-muted-foreground">{f.date(entry.at)}</span>
      </div>
      {detail && <p className="text-muted-foreground">{detail}</p>}
      {undoable && (
        <div className="mt-2 flex items-center justify-between gap-3 rounded-md bg-muted px-3 py-2">
          <p className="min-w-0 text-xs text-muted-foreground">
            {entry.kind === "merge" && t.lineage.undoWhat(entry.others.length + 1)}{" "}
            {entry.kind === "merge" &&
              stays &&
              t.lineage.stays(stays, entry.contactName || t.lineage.someone)}
          </p>
          <Button size="sm" className="max-md:h-11" busy={undo.isPending} onClick={() => undo.mutate(entry)}>
            <Undo2 aria-hidden />
            {entry.kind === "merge" ? t.lineage.undo : t.lineage.askAgain}
          </Button>
        </div>
      )}
    </li>
  );
}

/** Where a contact comes from: lists, merges with their way back, edits, answers. */
export function Lineage({ id, whole = false }: { id: string; whole?: boolean }) {
  const t = useT();
  const found = useLineage(id);
  const [all, setAll] = useState(whole);
  const items = found.data?.items ?? [];
  const shown = all ? items : items.slice(0, FIRST);
  return (
    <section className={cn("px-5 py-4", !whole && "border-t")} aria-label={t.lineage.title}>
      <header className="mb-2 flex min-h-6 items-center justify-between text-xs text-muted-foreground">
        <h3>{t.lineage.title}</h3>
        {found.data && found.data.parts > 1 && <span>{t.lineage.parts(found.data.parts)}</span>}
      </header>
      {found.isPending ? (
        <Skeleton className="h-10 w-full" />
      ) : found.isError ? (
        <p className="flex items-center justify-between text-muted-foreground">
          {t.lineage.loadFailed}
          <Button size="sm" className="max-md:h-11" onClick={() => void found.refetch()}>
            {t.common.retry}
          </Button>
        </p>
      ) : (
        <ol>
          {shown.map((entry, index) => (
            <Entry
              key={`${entry.kind}${entry.at}${entry.mergeId ?? entry.pairId ?? entry.importId ?? ""}${entry.contactId}`}
              entry={entry}
              last={index === items.length - 1}
            />
          ))}
        </ol>
      )}
      {!whole && items.length > FIRST && (
        <Button variant="ghost" size="sm" className="mt-1 -ml-2" onClick={() => setAll(!all)}>
          {all ? t.common.less : t.duplicates.more(items.length - FIRST)}
        </Button>
      )}
    </section>
  );
}
