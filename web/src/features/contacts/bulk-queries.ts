"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Answer, type BodyOf, http } from "@/api/client";
import { useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { useWorkWords } from "./work-words";

export type BulkEdit = Answer<"/api/bulk-edits/{edit_id}", "get">;
export type BulkChanges = BodyOf<"/api/bulk-edits", "post">["changes"];

const GOING = ["queued", "running", "undoing"];
const POLL_MS = 1500;

export const going = (edit: BulkEdit) => GOING.includes(edit.state);

function useRefresh() {
  const client = useQueryClient();
  return () => {
    for (const key of ["contacts", "contact", "tags", "bulk-edits", "segment-count"]) {
      void client.invalidateQueries({ queryKey: [key] });
    }
  };
}

/** Newest first; asked again while one of them is under way. */
export function useBulkEdits(limit: number) {
  return useQuery({
    queryKey: ["bulk-edits", limit],
    queryFn: ({ signal }) => http.get("/api/bulk-edits", { query: { limit }, signal }),
    select: (page) => page.items,
    refetchInterval: (query) => (query.state.data?.items.some(going) ? POLL_MS : false),
  });
}

/** What an undo would meet: asked before it is done. */
export function useSince(id: string | null) {
  return useQuery({
    queryKey: ["bulk-edits", id, "since"],
    queryFn: ({ signal }) =>
      http.get("/api/bulk-edits/{edit_id}/undo", { path: { edit_id: id ?? "" }, signal }),
    enabled: id !== null,
    staleTime: 0,
  });
}

export function useUndoBulk() {
  const refresh = useRefresh();
  const w = useWorkWords();
  const errorText = useErrorText();
  return useMutation({
    mutationFn: (id: string) =>
      http.post("/api/bulk-edits/{edit_id}/undo", undefined, { path: { edit_id: id } }),
    onSuccess: (edit) => toast(edit.state === "undoing" ? w.undoing : w.undone),
    onError: (error) => toast(w.undoFailed(errorText(error)), { tone: "error" }),
    onSettled: refresh,
  });
}

export function useCancelBulk() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (id: string) =>
      http.post("/api/bulk-edits/{edit_id}/cancel", undefined, { path: { edit_id: id } }),
    onSettled: refresh,
  });
}

export function useBulk(people: string, onDone: () => void) {
  const t = useT();
  const w = useWorkWords();
  const refresh = useRefresh();
  const undo = useUndoBulk();
  return useMutation({
    mutationFn: (body: BodyOf<"/api/bulk-edits", "post">) => http.post("/api/bulk-edits", body),
    onSuccess: (edit) => {
      refresh();
      onDone();
      if (edit.state !== "completed") toast(w.started(people));
      else if (edit.changed === 0) toast(w.doneNone);
      else {
        toast(w.done(edit.changed), {
          undo: edit.undoUntil ? { label: t.common.undo, run: () => undo.mutate(edit.id) } : undefined,
        });
      }
    },
  });
}
