"use client";

import { type ReactNode, useState } from "react";
import { ApiError } from "@/api/client";
import type { CarrierAccount } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { accountChange } from "./account-change";
import { useChangeAccount } from "./carrier-queries";
import { useWords } from "./words";

function FormDialog({
  title,
  description,
  busy,
  error,
  onClose,
  onSubmit,
  children,
}: {
  title: string;
  description?: string;
  busy: boolean;
  error: unknown;
  onClose: () => void;
  onSubmit: () => void;
  children: ReactNode;
}) {
  const t = useT();
  const c = useWords().carriers;
  const errorText = useErrorText();
  const inFields = error instanceof ApiError ? Object.values(error.fields) : [];
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={title}
        description={description}
        footer={
          <>
            <DialogClose asChild>
              <Button className="max-md:h-12 max-md:flex-1">{t.common.cancel}</Button>
            </DialogClose>
            <Button
              type="submit"
              form="account-form"
              variant="primary"
              busy={busy}
              className="max-md:h-12 max-md:flex-1"
            >
              {c.save}
            </Button>
          </>
        }
      >
        <form
          id="account-form"
          noValidate
          autoComplete="off"
          onSubmit={(event) => {
            event.preventDefault();
            onSubmit();
          }}
          className="flex flex-col gap-4"
        >
          {children}
          {error !== null && (
            <p role="alert" className="text-destructive">
              {inFields.length > 0 ? inFields.join(" ") : errorText(error)}
            </p>
          )}
        </form>
      </DialogContent>
    </Dialog>
  );
}

/** Empty is "no limit"; undefined is nothing that could be saved. */
function limitOf(typed: string): number | null | undefined {
  const digits = typed.replace(/[,\s]/g, "");
  if (digits === "") return null;
  return /^[1-9]\d{0,8}$/.test(digits) ? Number(digits) : undefined;
}

export function AccountDialog({ account, onClose }: { account: CarrierAccount; onClose: () => void }) {
  const c = useWords().carriers;
  const change = useChangeAccount(account.id);
  const [opened] = useState(account); // what was seen when it was typed over; the list behind is read again meanwhile
  const [name, setName] = useState(account.name);
  const [rate, setRate] = useState(String(account.ratePerSecond ?? ""));
  const [cap, setCap] = useState(String(account.monthlyCap ?? ""));
  const [mode, setMode] = useState(account.mode === "webhook" ? "webhook" : "polling");
  const ratePerSecond = limitOf(rate);
  const monthlyCap = limitOf(cap);
  return (
    <FormDialog
      title={c.editTitle(account.name)}
      busy={change.isPending}
      error={change.error}
      onClose={onClose}
      onSubmit={() => {
        if (ratePerSecond === undefined || monthlyCap === undefined || !name.trim()) return;
        const typed = { name: name.trim(), ratePerSecond, monthlyCap, mode: mode as "webhook" | "polling" };
        const changed = accountChange(opened, typed);
        if (!changed) return onClose();
        change.mutate(changed, {
          onSuccess: () => {
            toast(c.saved);
            onClose();
          },
        });
      }}
    >
      <Field label={c.name}>
        <Input autoFocus value={name} maxLength={80} onChange={(event) => setName(event.target.value)} />
      </Field>
      <Field label={c.rateField} hint={c.blank} error={ratePerSecond === undefined ? c.number : undefined}>
        <Input inputMode="numeric" value={rate} onChange={(event) => setRate(event.target.value)} />
      </Field>
      <Field
        label={c.capField}
        hint={`${c.blank}. ${c.capHint}`}
        error={monthlyCap === undefined ? c.number : undefined}
      >
        <Input inputMode="numeric" value={cap} onChange={(event) => setCap(event.target.value)} />
      </Field>
      <div>
        <p className="mb-1.5 font-medium">{c.receipts}</p>
        <Segmented
          label={c.receipts}
          value={mode}
          onChange={setMode}
          options={[
            { value: "polling", label: c.polling },
            { value: "webhook", label: c.webhook },
          ]}
        />
        {mode === "polling" && <p className="mt-1.5 text-xs text-muted-foreground">{c.pollingHint}</p>}
      </div>
    </FormDialog>
  );
}

/** Only what is filled in changes. What was stored before is never asked back, so the fields begin empty. */
export function KeysDialog({
  account,
  onClose,
  onSaved,
}: {
  account: CarrierAccount;
  onClose: () => void;
  onSaved: () => void;
}) {
  const c = useWords().carriers;
  const change = useChangeAccount(account.id);
  const [tried, setTried] = useState(false);
  const [keys, setKeys] = useState({ apiKey: "", apiSecret: "", webhookSecret: "" });
  const given = Object.fromEntries(
    Object.entries(keys)
      .map(([key, value]) => [key, value.trim()])
      .filter(([, value]) => value),
  );
  const empty = Object.keys(given).length === 0;
  return (
    <FormDialog
      title={c.keysTitle(account.name)}
      description={c.keysHint}
      busy={change.isPending}
      error={change.error}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        if (empty) return;
        change.mutate(
          { credentials: given },
          {
            onSuccess: () => {
              toast(c.saved);
              onSaved();
              onClose();
            },
          },
        );
      }}
    >
      <Field label={c.apiKey} error={tried && empty ? c.keysNeed : undefined}>
        <Input
          autoFocus
          autoComplete="off"
          placeholder={account.apiKeyHint}
          value={keys.apiKey}
          onChange={(event) => setKeys({ ...keys, apiKey: event.target.value })}
        />
      </Field>
      <Field label={c.apiSecret}>
        <Input
          type="password"
          autoComplete="new-password"
          value={keys.apiSecret}
          onChange={(event) => setKeys({ ...keys, apiSecret: event.target.value })}
        />
      </Field>
      <Field label={c.webhookSecret}>
        <Input
          type="password"
          autoComplete="new-password"
          value={keys.webhookSecret}
          onChange={(event) => setKeys({ ...keys, webhookSecret: event.target.value })}
        />
      </Field>
    </FormDialog>
  );
}
