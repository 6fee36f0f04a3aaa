"use client";

import { useRef, useState } from "react";
import { http } from "@/api/client";
import type { Partition } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent } from "@/components/ui/dialog";
import { Field, Select } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { toast } from "@/lib/toast";

import { useLinks, useSendPreview } from "../automations/queries";
import { useWords as useRuleWords } from "../automations/words";
import { useRecordAct } from "./queries";
import { useWords } from "./words";

interface Props {
  partition: Partition;
  ids: string[];
  onClose: (sent: boolean) => void;
}

/** Select → preview → send. The same press twice sends once. */
export function SendDialog({ partition, ids, onClose }: Props) {
  const t = useWords();
  const rules = useRuleWords();
  const f = useFormat();
  const errorText = useErrorText();
  const links = useLinks(partition.id).data ?? [];
  const [picked, setPicked] = useState("");
  const link = links.find((one) => one.id === picked) ?? links[0];
  const key = useRef(crypto.randomUUID());
  const preview = useSendPreview(link?.id ?? null, ids);
  const found = preview.data;
  const send = useRecordAct((id: string) =>
    http.post(
      "/api/alimtalk/template-links/{link_id}/send",
      { recordIds: ids },
      { path: { link_id: id }, idempotencyKey: key.current },
    ),
  );
  return (
    <Dialog open onOpenChange={(open) => !open && onClose(false)}>
      <DialogContent
        title={t.sendTitle(ids.length)}
        description={t.sendHint}
        footer={
          <>
            <DialogClose asChild>
              <Button className="max-md:h-12 max-md:flex-1">{t.cancel}</Button>
            </DialogClose>
            <Button
              variant="primary"
              disabled={!link || !found?.sendable || preview.isPlaceholderData}
              busy={send.isPending}
              className="max-md:h-12 max-md:flex-1"
              onClick={() =>
                link &&
                send.mutate(link.id, {
                  onSuccess: (said) => {
                    toast(t.sent(said.sent, said.skipped.length));
                    onClose(true);
                  },
                })
              }
            >
              {t.sendDo(found?.sendable ?? ids.length)}
            </Button>
          </>
        }
      >
        {links.length === 0 ? (
          <p className="text-muted-foreground">{t.sendNone}</p>
        ) : (
          <Field label={t.sendPick} error={send.isError ? errorText(send.error) : undefined}>
            <Select
              value={link?.id ?? ""}
              onChange={(event) => {
                setPicked(event.target.value);
                key.current = crypto.randomUUID();
              }}
            >
              {links.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </Select>
          </Field>
        )}
        {preview.isError && (
          <p role="alert" className="mt-3 text-destructive">
            {errorText(preview.error)}
          </p>
        )}
        {found && (
          <div aria-busy={preview.isPlaceholderData} className="busy-bar mt-3 flex flex-col gap-2">
            <p role="status" className="font-semibold">
              {found.sendable ? t.preview.counts(f.num(found.sendable), f.num(found.cost)) : t.preview.nobody}
            </p>
            <ul className="text-sm text-muted-foreground">
              {Object.entries(found.skipped).map(([reason, n]) => (
                <li key={reason}>{t.preview.skipped(f.num(n), rules.reasons[reason] ?? reason)}</li>
              ))}
            </ul>
            {found.samples.map((one) => (
              <figure key={one.recordId} className="rounded-md bg-muted p-3">
                <figcaption className="text-xs font-medium">{one.title}</figcaption>
                {one.text && <p className="mt-1 whitespace-pre-wrap">{one.text}</p>}
              </figure>
            ))}
          </div>
        )}
      </DialogContent>
    </Dialog>
  );
}
