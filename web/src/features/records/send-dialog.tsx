"use client";

import { useRef, useState } from "react";
import { http } from "@/api/client";
import type { Partition } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent } from "@/components/ui/dialog";
import { Field, Select } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { toast } from "@/lib/toast";

import { bodyOf, formOf } from "../automations/form";
import { useLinks, usePreview } from "../automations/queries";
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
  const errorText = useErrorText();
  const links = useLinks(partition.id).data ?? [];
  const [picked, setPicked] = useState("");
  const link = links.find((one) => one.id === picked) ?? links[0];
  const key = useRef(crypto.randomUUID());
  const preview = usePreview(
    link
      ? { ...bodyOf(formOf(link, partition), partition), recordId: ids[0] ?? null }
      : ({ partitionId: partition.id, templateId: "" } as never),
  );
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
              disabled={!link}
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
              {t.sendDo(ids.length)}
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
        {preview.data?.text && (
          <p className="mt-3 rounded-md bg-muted p-3 whitespace-pre-wrap">{preview.data.text}</p>
        )}
      </DialogContent>
    </Dialog>
  );
}
