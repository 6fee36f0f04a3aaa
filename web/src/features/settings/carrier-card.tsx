"use client";

import { CircleAlert, CircleCheck, Copy } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { AccountState, CarrierAccount } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Confirm } from "@/components/ui/dialog";
import { StackedBar } from "@/components/ui/progress";
import { useErrorText } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { AccountDialog, KeysDialog } from "./carrier-dialogs";
import { useChangeAccount, useTestAccount } from "./carrier-queries";
import { useWords } from "./words";

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted-foreground">{label}</dt>
      <dd className="mt-0.5">{children}</dd>
    </div>
  );
}

function LastCheck({ account }: { account: CarrierAccount }) {
  const f = useFormat();
  const c = useWords().carriers;
  const last = account.lastCheck;
  if (!last) return <p className="text-xs text-muted-foreground">{c.untested}</p>;
  const Icon = last.ok ? CircleCheck : CircleAlert;
  return (
    <p
      role="status"
      className={`flex items-start gap-1.5 text-xs ${last.ok ? "text-success" : "text-destructive"}`}
    >
      <Icon aria-hidden className="mt-px size-3.5 shrink-0" />
      {last.ok
        ? c.testedOk(f.dateTime(last.at), last.balance === null ? "" : f.num(last.balance))
        : c.testedBad(f.dateTime(last.at), last.message)}
    </p>
  );
}

function Receipts({ account, owner }: { account: CarrierAccount; owner: boolean }) {
  const t = useT();
  const c = useWords().carriers;
  const url = account.webhookUrl;
  if (account.mode === "polling") return <p className="text-xs text-muted-foreground">{c.pollingHint}</p>;
  if (!url) return owner ? <p className="text-xs text-warning">{c.unreachable}</p> : null;
  return (
    <div>
      <p className="mb-1 text-xs text-muted-foreground">
        {account.sandbox ? c.webhookPractice : c.webhookHint}
      </p>
      <p className="flex items-center gap-2 rounded-md bg-muted px-2 py-1">
        <code className="min-w-0 flex-1 text-xs break-all">{url}</code>
        <Button
          size="icon-sm"
          variant="ghost"
          aria-label={`${t.common.copy}: ${c.webhookUrl}`}
          className="max-md:size-11"
          onClick={() => void navigator.clipboard?.writeText(url).then(() => toast(t.common.copied))}
        >
          <Copy aria-hidden />
        </Button>
      </p>
    </div>
  );
}

/** One account: what it carries, how much of its month is used, whether it can be called, and what the last test found. */
export function CarrierCard({
  account,
  state,
  owner,
}: {
  account: CarrierAccount;
  state?: AccountState;
  owner: boolean;
}) {
  const t = useT();
  const f = useFormat();
  const c = useWords().carriers;
  const errorText = useErrorText();
  const test = useTestAccount(account.id);
  const change = useChangeAccount(account.id);
  const [open, setOpen] = useState<"edit" | "keys" | "disable" | null>(null);
  const used = state?.usedThisMonth ?? 0;
  const cap = account.monthlyCap;
  const resting = Math.ceil(state?.restSeconds ?? 0);
  const off = account.state === "disabled";
  const switchTo = (next: "active" | "disabled") =>
    change.mutate(
      { state: next },
      {
        onSuccess: () => toast(c.saved),
        onError: (error) => toast(errorText(error), { tone: "error" }),
        onSettled: () => setOpen(null),
      },
    );
  return (
    <Card className="mb-5" aria-label={account.name}>
      <CardHead
        title={account.name}
        hint={
          <span className="flex items-center gap-1.5">
            <Badge tone={account.sandbox ? "neutral" : "brand"}>
              {account.sandbox ? t.setup.carrier.sandbox : t.setup.carrier.live}
            </Badge>
            {account.carrier === "nhn" ? "NHN Cloud" : "SOLAPI"}
          </span>
        }
        actions={
          owner && (
            <Button
              size="sm"
              busy={test.isPending}
              title={c.testHint}
              onClick={() => test.mutate()}
              className="max-md:h-11"
            >
              {c.test}
            </Button>
          )
        }
      />
      <div className="flex flex-col gap-3 p-4">
        <dl className="grid grid-cols-2 gap-x-4 gap-y-3 md:grid-cols-4">
          <Fact label={c.state}>
            <Badge tone={off ? "outline" : resting > 0 ? "warning" : "success"}>
              {off ? c.disabled : resting > 0 ? c.resting(f.num(resting)) : c.ready}
            </Badge>
          </Fact>
          <Fact label={c.channels}>
            {account.channels.map((one) => t.setup.carrier.channels[one] ?? one).join(" · ")}
          </Fact>
          <Fact label={c.rate}>
            {account.ratePerSecond === null ? c.rateNone : c.rateOf(f.num(account.ratePerSecond))}
          </Fact>
          <Fact label={c.cap}>
            {cap === null ? c.capNone(f.num(used)) : c.capOf(f.num(used), f.num(cap))}
            {cap !== null && (
              <StackedBar
                label={c.capLabel(account.name)}
                max={cap}
                parts={[{ key: "used", value: used, tone: used >= cap * 0.9 ? "warning" : "brand" }]}
                className="mt-1 h-1"
              />
            )}
          </Fact>
          <Fact label={c.key}>
            <span className="font-mono text-xs">{account.apiKeyHint}</span>
          </Fact>
          <Fact label={c.receipts}>{account.mode === "webhook" ? c.webhook : c.polling}</Fact>
        </dl>
        {cap !== null && used >= cap && <p className="text-xs text-warning">{c.capFull}</p>}
        {resting > 0 && <p className="text-xs text-warning">{c.restingHint}</p>}
        <Receipts account={account} owner={owner} />
        {!account.fenced && <p className="text-xs text-muted-foreground">{c.unfenced}</p>}
        <LastCheck account={account} />
        {test.isError && (
          <p role="alert" className="text-xs text-destructive">
            {errorText(test.error)}
          </p>
        )}
        {owner && (
          <div className="flex flex-wrap gap-2">
            <Button size="sm" onClick={() => setOpen("edit")} className="max-md:h-11">
              {c.edit}
            </Button>
            <Button size="sm" onClick={() => setOpen("keys")} className="max-md:h-11">
              {c.keys}
            </Button>
            <Button
              size="sm"
              variant={off ? "outline" : "danger"}
              busy={change.isPending}
              onClick={() => (off ? switchTo("active") : setOpen("disable"))}
              className="max-md:h-11"
            >
              {off ? c.enable : c.disable}
            </Button>
          </div>
        )}
      </div>
      {open === "edit" && <AccountDialog account={account} onClose={() => setOpen(null)} />}
      {open === "keys" && (
        <KeysDialog account={account} onClose={() => setOpen(null)} onSaved={() => test.mutate()} />
      )}
      {open === "disable" && (
        <Confirm
          open
          onOpenChange={(shown) => !shown && setOpen(null)}
          title={c.disableTitle(account.name)}
          action={c.disable}
          danger
          busy={change.isPending}
          onConfirm={() => switchTo("disabled")}
        >
          {c.disableText}
        </Confirm>
      )}
    </Card>
  );
}
