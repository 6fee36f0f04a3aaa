"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, CircleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { type BodyOf, http } from "@/api/client";
import type { CarrierAccount } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Field, Input, Select } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { useCarrierAccounts } from "./queries";
import type { StepProps } from "./setup-page";

/** What one account holds. NHN Cloud gives every product an app key of its own; the API refuses one account for both. */
const HOLDS = {
  solapi: { carrier: "solapi", channels: ["sms", "lms", "alimtalk"] },
  "nhn-sms": { carrier: "nhn", channels: ["sms", "lms"] },
  "nhn-alimtalk": { carrier: "nhn", channels: ["alimtalk"] },
} satisfies Record<string, NewAccount>;
type NewAccount = Pick<BodyOf<"/api/carrier-accounts", "post">, "carrier" | "channels">;
type Product = keyof typeof HOLDS;

function Account({ account, checkNow }: { account: CarrierAccount; checkNow: boolean }) {
  const t = useT();
  const f = useFormat();
  const errorText = useErrorText();
  const c = t.setup.carrier;
  const test = useMutation({
    mutationFn: () =>
      http.post("/api/carrier-accounts/{account_id}/test", undefined, { path: { account_id: account.id } }),
  });
  const { mutate } = test;
  useEffect(() => {
    if (checkNow) mutate();
  }, [checkNow, mutate]);
  const failed = test.isError || test.data?.ok === false;
  return (
    <li className="flex flex-wrap items-center gap-2 border-b px-3 py-2.5 last:border-b-0">
      <b className="font-medium">{account.name || account.carrier}</b>
      <Badge tone={account.sandbox ? "neutral" : "brand"}>{account.sandbox ? c.sandbox : c.live}</Badge>
      {account.state === "disabled" && <Badge tone="outline">{c.disabled}</Badge>}
      <span className="text-xs text-muted-foreground">
        {account.channels.map((channel) => c.channels[channel] ?? channel).join(" · ")}
      </span>
      <span className="text-xs text-muted-foreground">{account.apiKeyHint}</span>
      <span className="ml-auto flex items-center gap-3">
        {test.data?.ok && (
          <span role="status" className="flex items-center gap-1 text-xs text-success">
            <Check aria-hidden className="size-3.5" />
            {c.ok}
            {test.data.balance !== null && ` · ${c.balance(f.num(test.data.balance))}`}
          </span>
        )}
        {failed && (
          <span role="alert" className="flex items-center gap-1 text-xs text-destructive">
            <CircleAlert aria-hidden className="size-3.5" />
            {test.data?.message ?? errorText(test.error)}
          </span>
        )}
        <Button size="sm" busy={test.isPending} onClick={() => test.mutate()}>
          {c.test}
        </Button>
      </span>
    </li>
  );
}

export function CarrierStep({ onDone, busy }: StepProps) {
  const t = useT();
  const c = t.setup.carrier;
  const client = useQueryClient();
  const errorText = useErrorText();
  const accounts = useCarrierAccounts(true).data ?? [];
  const [product, setProduct] = useState<Product>("solapi");
  const [apiKey, setApiKey] = useState("");
  const [apiSecret, setApiSecret] = useState("");
  const [tried, setTried] = useState(false);
  const nhn = HOLDS[product].carrier === "nhn";
  const missing = !apiKey.trim() || !apiSecret.trim();
  const add = useMutation({
    mutationFn: () =>
      http.post("/api/carrier-accounts", {
        ...HOLDS[product],
        name: c.products[product],
        credentials: { apiKey: apiKey.trim(), apiSecret: apiSecret.trim() },
      }),
    onSuccess: () => {
      setApiKey("");
      setApiSecret("");
      setTried(false);
      void client.invalidateQueries({ queryKey: ["carrier-accounts"] });
      void client.invalidateQueries({ queryKey: ["setup"] });
    },
  });
  return (
    <div className="flex flex-col gap-4">
      <p>{c.text}</p>
      {accounts.length > 0 && (
        <section aria-label={c.list}>
          <ul className="rounded-lg border">
            {accounts.map((account) => (
              <Account key={account.id} account={account} checkNow={account.id === add.data?.id} />
            ))}
          </ul>
          <p className="mt-1.5 text-xs text-muted-foreground">{c.testHint}</p>
        </section>
      )}
      <form
        noValidate
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!missing) add.mutate();
        }}
        className="grid gap-4 md:grid-cols-2"
      >
        <Field label={c.which} hint={nhn ? c.nhnHint : undefined} className="md:col-span-2">
          <Select value={product} onChange={(event) => setProduct(event.target.value as Product)}>
            {(Object.keys(HOLDS) as Product[]).map((one) => (
              <option key={one} value={one}>
                {c.products[one]}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={nhn ? c.appKey : c.apiKey} error={tried && missing ? c.need : undefined}>
          <Input autoComplete="off" value={apiKey} onChange={(event) => setApiKey(event.target.value)} />
        </Field>
        <Field label={nhn ? c.secretKey : c.apiSecret}>
          <Input
            type="password"
            autoComplete="new-password"
            value={apiSecret}
            onChange={(event) => setApiSecret(event.target.value)}
          />
        </Field>
        {add.isError && (
          <p role="alert" className="text-destructive md:col-span-2">
            {errorText(add.error)}
          </p>
        )}
        <div className="flex gap-2 md:col-span-2">
          <Button type="submit" busy={add.isPending}>
            {c.add}
          </Button>
          <Button variant="primary" busy={busy} disabled={accounts.length === 0} onClick={() => onDone()}>
            {t.common.next}
          </Button>
        </div>
      </form>
    </div>
  );
}
