"use client";

import { useState } from "react";
import { http } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field, Textarea } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { type MadeUpList, useMadeUp } from "./list-queries";
import { useListWords } from "./list-words";
import { useLawAct } from "./queries";

/** Lists whose numbers stand in rows: not a word where there is none. */
export function MadeUpCard({ owner }: { owner: boolean }) {
  const w = useListWords();
  const f = useFormat();
  const lists = useMadeUp().data ?? [];
  const [open, setOpen] = useState<MadeUpList | null>(null);
  if (lists.length === 0) return null;
  return (
    <Card aria-labelledby="law-made-up">
      <CardHead title={<span id="law-made-up">{w.madeUp.title}</span>} hint={w.madeUp.hint} />
      <ul>
        {lists.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center gap-3 border-b px-4 py-3 last:border-b-0">
            <span className="min-w-0 flex-1">
              <span className="font-medium">{one.source}</span>
              <span className="block text-xs text-muted-foreground">
                {w.madeUp.line(f.num(one.rows), f.num(one.madeUp))}
              </span>
            </span>
            {owner && (
              <Button size="sm" className="max-md:h-11" onClick={() => setOpen(one)}>
                {w.madeUp.open}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {open && <ConfirmDialog list={open} onClose={() => setOpen(null)} />}
    </Card>
  );
}

function ConfirmDialog({ list, onClose }: { list: MadeUpList; onClose: () => void }) {
  const w = useListWords();
  const errorText = useErrorText();
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const short = reason.trim().length < 5;
  const confirm = useLawAct(() =>
    http.post(
      "/api/imports/{import_id}/made-up",
      { reason: reason.trim() },
      { path: { import_id: list.id } },
    ),
  );
  return (
    <Dialog open onOpenChange={(now) => !now && onClose()}>
      <DialogContent
        title={w.madeUp.dialog}
        description={w.madeUp.what}
        footer={
          <Button
            variant="primary"
            busy={confirm.isPending}
            className="max-md:h-12 max-md:flex-1"
            onClick={() => {
              setTried(true);
              if (short) return;
              confirm.mutate(undefined, {
                onSuccess: () => {
                  toast(w.madeUp.done);
                  onClose();
                },
                onError: (error) => toast(errorText(error), { tone: "error" }),
              });
            }}
          >
            {w.madeUp.act}
          </Button>
        }
      >
        <Field label={w.madeUp.why} error={tried && short ? w.madeUp.whyNeed : undefined}>
          <Textarea value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
        </Field>
      </DialogContent>
    </Dialog>
  );
}
