"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { http } from "@/api/client";
import type { Campaign } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";

interface Props {
  store: () => Promise<Campaign | null>;
  onClose: () => void;
  /** The draft is complete enough to be sent. */
  ready: boolean;
}

const MOST = 5;

export function TestSend({ store, onClose, ready }: Props) {
  const t = useT();
  const errorText = useErrorText();
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string>();
  const send = useMutation({
    mutationFn: async (phones: string[]) => {
      const campaign = await store();
      if (!campaign) throw new Error("not stored");
      await http.post(
        `/api/campaigns/${campaign.id}/test`,
        { phones },
        { idempotencyKey: crypto.randomUUID() },
      );
      return phones.length;
    },
    onSuccess: (count) => {
      toast(t.composer.testSent(count));
      onClose();
    },
    onError: (reason) => setError(errorText(reason)),
  });
  const submit = () => {
    const phones = typed.split(/[,\s]+/).filter(Boolean);
    if (phones.length === 0) setError(t.composer.testNeedPhone);
    else if (phones.length > MOST) setError(t.composer.testTooMany);
    else send.mutate(phones);
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={t.composer.testTitle}
        description={t.composer.testText}
        footer={
          <>
            <DialogClose asChild>
              <Button>{t.common.cancel}</Button>
            </DialogClose>
            <Button variant="primary" busy={send.isPending} disabled={!ready} onClick={submit}>
              {t.composer.testSend}
            </Button>
          </>
        }
      >
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (ready) submit();
          }}
        >
          <Field
            label={t.composer.testPhones}
            hint={t.composer.testPhonesHint}
            error={ready ? error : t.composer.needBody}
          >
            <Input
              autoFocus
              inputMode="tel"
              autoComplete="off"
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                setError(undefined);
              }}
            />
          </Field>
        </form>
      </DialogContent>
    </Dialog>
  );
}
