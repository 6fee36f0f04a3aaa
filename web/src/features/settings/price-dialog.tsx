"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { http } from "@/api/client";
import type { Price, Prices } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { useWords } from "./words";

export function PriceDialog({ price, today, onClose }: { price: Price; today: string; onClose: () => void }) {
  const t = useT();
  const p = useWords().prices;
  const client = useQueryClient();
  const errorText = useErrorText();
  const [typed, setTyped] = useState(price.example ? "" : String(price.won));
  const [from, setFrom] = useState(today);
  const [tried, setTried] = useState(false);
  const digits = typed.replace(/[,\s]/g, "");
  const won = /^\d{1,6}$/.test(digits) && Number(digits) <= 100_000 ? Number(digits) : null;
  const save = useMutation({
    mutationFn: (value: number | null) =>
      http.patch(
        "/api/prices/{channel}",
        { won: value, effectiveOn: from || today },
        { path: { channel: price.channel as "sms" } },
      ),
    onSuccess: (saved) => {
      client.setQueryData<Prices>(["prices"], saved);
      toast(p.saved);
      onClose();
    },
  });
  const channel = t.setup.carrier.channels[price.channel] ?? price.channel;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={p.changeTitle(channel)}
        footer={
          <>
            {!price.example && (
              <Button
                busy={save.isPending}
                onClick={() => save.mutate(null)}
                className="mr-auto max-md:h-12 max-md:flex-1"
              >
                {p.toExample}
              </Button>
            )}
            <Button
              type="submit"
              form="price-form"
              variant="primary"
              busy={save.isPending}
              className="max-md:h-12 max-md:flex-1"
            >
              {t.common.save}
            </Button>
          </>
        }
      >
        <form
          id="price-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            setTried(true);
            if (won !== null) save.mutate(won);
          }}
          className="flex flex-col gap-4"
        >
          <Field label={p.won} error={tried && won === null ? p.needWon : undefined}>
            <Input
              autoFocus
              inputMode="numeric"
              autoComplete="off"
              placeholder={String(price.exampleWon)}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          </Field>
          <Field label={p.from} hint={p.fromHint}>
            <Input type="date" value={from} onChange={(event) => setFrom(event.target.value)} />
          </Field>
          {save.isError && (
            <p role="alert" className="text-destructive">
              {errorText(save.error)}
            </p>
          )}
        </form>
      </DialogContent>
    </Dialog>
  );
}
