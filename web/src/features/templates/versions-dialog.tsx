"use client";

import { useState } from "react";
import { http } from "@/api/client";
import type { Template } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { cn } from "@/lib/utils";
import { diffLines } from "./form";
import { useTemplateAct, useVersions } from "./queries";
import { useWords } from "./words";

interface Props {
  template: Template;
  onClose: () => void;
  onRestored: (template: Template) => void;
}

const LOOKS = {
  same: "text-muted-foreground",
  gone: "bg-danger-soft text-destructive line-through",
  new: "bg-success-soft text-success",
};

/** Every text it ever had, what changed since, and the way back to it. */
export function VersionsDialog({ template, onClose, onRestored }: Props) {
  const t = useWords();
  const f = useFormat();
  const errorText = useErrorText();
  const versions = useVersions(template.id);
  const [chosen, setChosen] = useState<number | null>(null);
  const rows = versions.data ?? [];
  const row = rows.find((one) => one.version === (chosen ?? template.version - 1)) ?? rows[0];
  const restore = useTemplateAct((number: number) =>
    http.post(
      "/api/templates/{template_id}/versions/{number}/restore",
      { version: template.version },
      { path: { template_id: template.id, number: String(number) } as never },
    ),
  );
  const lines = row ? diffLines(row.body, template.body) : [];
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={t.versions}
        description={t.versionsHint}
        className="md:w-[min(720px,calc(100vw-32px))]"
        footer={
          <Button
            variant="primary"
            busy={restore.isPending}
            disabled={!row || row.version === template.version || template.state === "submitted"}
            className="max-md:h-12 max-md:flex-1"
            onClick={() =>
              row &&
              restore.mutate(row.version, {
                onSuccess: (changed) => {
                  toast(t.restored);
                  onRestored(changed as Template);
                },
                onError: (error) => toast(errorText(error), { tone: "error" }),
              })
            }
          >
            {t.restore}
          </Button>
        }
      >
        {versions.isError ? (
          <Failure compact error={versions.error} onRetry={() => void versions.refetch()} />
        ) : !row ? (
          <Skeleton className="h-40 w-full" />
        ) : (
          <div className="grid gap-4 md:grid-cols-[180px_1fr]">
            <ul className="flex flex-col gap-1">
              {rows.map((one) => (
                <li key={one.version}>
                  <button
                    type="button"
                    aria-pressed={one.version === row.version}
                    onClick={() => setChosen(one.version)}
                    className={cn(
                      "flex w-full flex-col items-start rounded-md px-2.5 py-1.5 text-left hover:bg-accent max-md:min-h-11",
                      one.version === row.version && "bg-accent",
                    )}
                  >
                    <span className="flex items-center gap-1.5 font-medium">
                      {t.version(one.version)}
                      {one.version === template.version && <Badge tone="brand">{t.versionNow}</Badge>}
                    </span>
                    <span className="text-xs text-muted-foreground">{f.dateTime(one.createdAt)}</span>
                    {one.source === "carrier" && <Badge tone="warning">{t.versionCarrier}</Badge>}
                  </button>
                </li>
              ))}
            </ul>
            <div className="min-w-0">
              {row.version !== template.version && (
                <p className="mb-2 text-xs text-muted-foreground">
                  {lines.every((line) => line.kind === "same")
                    ? t.versionSame
                    : t.versionDiff(row.version, template.version)}
                </p>
              )}
              <div className="rounded-md border p-3">
                {lines.map((line, at) => (
                  <p
                    // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text that doesn't change
                    key={at}
                    className={cn(
                      "min-h-5 px-1 whitespace-pre-wrap [overflow-wrap:anywhere]",
                      LOOKS[line.kind],
                    )}
                  >
                    {line.text}
                  </p>
                ))}
              </div>
            </div>
          </div>
        )}
      </DialogContent>
    </Dialog>
  );
}
