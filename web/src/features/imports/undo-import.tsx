"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { useState } from "react";
import { http } from "@/api/client";
import type { Import, ImportUndo } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { Rich, useFormat, useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { useMe } from "../session/queries";
import { atLeast } from "../session/roles";

function useImportUndo(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ["import", id, "undo"],
    queryFn: ({ signal }) => http.get("/api/imports/{import_id}/undo", { path: { import_id: id }, signal }),
    enabled,
    refetchInterval: (query) => (query.state.data?.state === "undoing" ? 2000 : false),
  });
}

function Figures({ found }: { found: ImportUndo }) {
  const t = useT();
  const kept = found.kept.reduce((sum, one) => sum + one.count, 0);
  const lines = [
    found.removed > 0 && t.importUndo.removed(found.removed),
    found.restored > 0 && t.importUndo.restored(found.restored),
    found.separated > 0 && t.importUndo.separated(found.separated),
  ].filter((line): line is string => line !== false);
  return (
    <ul className="flex flex-col gap-2">
      {lines.length === 0 && kept === 0 && <li>{t.importUndo.nothing}</li>}
      {lines.map((line) => (
        <li key={line}>
          <Rich text={line} />
        </li>
      ))}
      {kept > 0 && (
        <li>
          <Rich text={t.importUndo.kept(kept)} />
          {": "}
          {found.kept
            .map((one) => t.importUndo.reason(t.importUndo.reasons[one.reason] ?? one.label, one.count))
            .join(", ")}
        </li>
      )}
      <li>{t.importUndo.refusals}</li>
    </ul>
  );
}

/** The button of an import's result: says before acting how many go, come back and stay; afterwards what happened. */
export function UndoImport({ one }: { one: Import }) {
  const t = useT();
  const f = useFormat();
  const client = useQueryClient();
  const errorText = useErrorText();
  const role = useMe().data?.role;
  const [asking, setAsking] = useState(false);
  const ended = ["completed", "failed", "cancelled", "undone"].includes(one.state) && one.rowsDone > 0;
  const undo = useImportUndo(one.id, ended);
  const run = useMutation({
    mutationFn: () => http.post("/api/imports/{import_id}/undo", undefined, { path: { import_id: one.id } }),
    onSuccess: (done) => {
      client.setQueryData(["import", one.id, "undo"], done);
      setAsking(false);
      toast(done.state === "undone" ? t.importUndo.done(done.removed, done.restored) : t.importUndo.undoing);
      for (const key of ["import", "imports", "contacts", "contact", "duplicate-counts"]) {
        void client.invalidateQueries({ queryKey: [key] });
      }
    },
    onError: (error) => toast(t.duplicates.undoFailed(errorText(error)), { tone: "error" }),
  });
  if (!ended) return null;
  const found = undo.data;
  if (found?.state === "undone") {
    const kept = found.kept.reduce((sum, each) => sum + each.count, 0);
    return (
      <span className="text-sm text-muted-foreground">
        {t.importUndo.doneLine(found.removed, found.restored, kept)}
      </span>
    );
  }
  if (found?.state === "undoing" && !asking) {
    return (
      <Button disabled className="max-md:h-11">
        <Undo2 aria-hidden />
        {t.importUndo.undoing}
      </Button>
    );
  }
  if (!atLeast(role ?? undefined, "admin") || found?.state === "expired" || found?.state === "not_ended") {
    return null;
  }
  return (
    <>
      <Button
        className="max-md:h-11"
        onClick={() => {
          setAsking(true);
          void undo.refetch();
        }}
      >
        <Undo2 aria-hidden />
        {t.importUndo.action}
        {found?.until && (
          <span className="font-normal text-muted-foreground max-md:sr-only">
            {t.importUndo.until(f.date(found.until))}
          </span>
        )}
      </Button>
      {asking && (
        <Confirm
          open
          onOpenChange={setAsking}
          title={t.importUndo.title}
          action={t.importUndo.confirm}
          cancelLabel={t.importUndo.keep}
          onConfirm={() => run.mutate()}
          busy={run.isPending || undo.isFetching}
          danger
        >
          {undo.isFetching ? (
            <div role="status">
              <p>{t.importUndo.counting}</p>
              <Skeleton className="mt-2 h-4 w-56" />
            </div>
          ) : undo.isError ? (
            <Failure error={undo.error} onRetry={() => void undo.refetch()} />
          ) : (
            found && <Figures found={found} />
          )}
        </Confirm>
      )}
    </>
  );
}
