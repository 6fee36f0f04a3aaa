"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Merge } from "lucide-react";
import { useState } from "react";
import { http } from "@/api/client";
import type { Contact } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";

/** The most that one merge takes; more is a mistake of the hand. */
export const MOST = 10;

/** Chosen rows that somebody knows to be one person. The oldest stays; one key takes it back. */
export function MergeChosen({ chosen, onDone }: { chosen: Contact[]; onDone: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const errorText = useErrorText();
  const [asking, setAsking] = useState(false);
  const refresh = () => {
    for (const key of ["contacts", "contact", "duplicate-counts"]) {
      void client.invalidateQueries({ queryKey: [key] });
    }
  };
  const undo = (mergeId: string) =>
    http
      .post("/api/merges/{merge_id}/undo", undefined, { path: { merge_id: mergeId } })
      .catch((error: unknown) => toast(t.duplicates.undoFailed(errorText(error)), { tone: "error" }))
      .finally(refresh);
  const merge = useMutation({
    mutationFn: () => {
      const ids = chosen.map((one) => one.id).sort();
      return http.post("/api/contacts/merge", { contactIds: ids, survivorId: ids[0] ?? "", fields: {} });
    },
    onSuccess: ({ mergeId }) => {
      setAsking(false);
      onDone();
      refresh();
      toast(t.contacts.merged(chosen.length), {
        undo: { label: t.common.undo, run: () => void undo(mergeId) },
      });
    },
    onError: (error) => toast(t.duplicates.failed(errorText(error)), { tone: "error" }),
  });
  return (
    <>
      <Button variant="ghost" onClick={() => setAsking(true)}>
        <Merge aria-hidden />
        {t.contacts.merge}
      </Button>
      {asking && (
        <Confirm
          open
          onOpenChange={setAsking}
          title={t.contacts.mergeTitle(chosen.length)}
          action={t.contacts.merge}
          onConfirm={() => merge.mutate()}
          busy={merge.isPending}
        >
          <p className="mb-2 font-medium text-foreground">
            {chosen.map((one) => one.name || t.contacts.noName).join(", ")}
          </p>
          <p>{t.contacts.mergeText}</p>
        </Confirm>
      )}
    </>
  );
}
