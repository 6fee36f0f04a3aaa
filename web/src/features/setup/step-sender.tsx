"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { http } from "@/api/client";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Checkbox, Field, Input, Select } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { useErrorText } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { useSenders } from "../campaigns/queries";
import { Papers } from "./papers";
import { useCarrierAccounts } from "./queries";
import type { StepProps } from "./setup-page";

const CARRIES: Record<string, string> = { phone: "sms", kakao: "alimtalk" };

/** A number can only send once the carrier has registered it; here it is said which papers that takes. */
export function SenderStep({ setup, onDone, busy }: StepProps) {
  const t = useT();
  const f = useFormat();
  const s = t.setup.sender;
  const client = useQueryClient();
  const errorText = useErrorText();
  const senders = useSenders().data ?? [];
  const [kind, setKind] = useState<"phone" | "kakao">("phone");
  const [value, setValue] = useState("");
  const [name, setName] = useState("");
  const [attested, setAttested] = useState(false);
  const [tried, setTried] = useState(false);
  // Registered at one carrier, under one product: real ones first, the simulator's own is for rehearsals.
  const accounts = (useCarrierAccounts(true).data ?? [])
    .filter((one) => one.state === "active" && one.channels.includes(CARRIES[kind] ?? ""))
    .sort((a, b) => Number(a.sandbox) - Number(b.sandbox));
  const [picked, setPicked] = useState("");
  const accountId = (accounts.find((one) => one.id === picked) ?? accounts[0])?.id;
  const add = useMutation({
    mutationFn: () =>
      http.post("/api/senders", { kind, value: value.trim(), name: name.trim(), attested, accountId }),
    onSuccess: () => {
      setValue("");
      setName("");
      setAttested(false);
      setTried(false);
      void client.invalidateQueries({ queryKey: ["senders"] });
      void client.invalidateQueries({ queryKey: ["setup"] });
    },
  });
  return (
    <div className="flex flex-col gap-4">
      <p>{s.text}</p>
      {senders.length > 0 && (
        <ul aria-label={s.list} className="rounded-lg border">
          {senders.map((one) => (
            <li
              key={one.id}
              className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b px-3 py-2 last:border-b-0"
            >
              <b className="min-w-0 font-medium break-all">
                {one.kind === "phone" ? f.phone(one.value) : one.value}
              </b>
              <span className="text-muted-foreground">{one.name}</span>
              <Badge tone={one.state === "registered" ? "success" : "warning"} className="ml-auto">
                {s.states[one.state] ?? one.state}
              </Badge>
            </li>
          ))}
        </ul>
      )}
      <Segmented
        label={t.setup.steps.sender?.title ?? ""}
        value={kind}
        onChange={setKind}
        options={[
          { value: "phone", label: s.phoneTab },
          { value: "kakao", label: s.kakaoTab },
        ]}
        className="self-start"
      />
      <Papers papers={setup.papers[kind]} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (value.trim() && accountId) add.mutate();
        }}
        className="grid gap-4 md:grid-cols-2"
      >
        <Field
          label={kind === "phone" ? s.value : s.kakaoValue}
          error={tried && !value.trim() ? s.needValue : undefined}
        >
          <Input
            inputMode={kind === "phone" ? "tel" : "text"}
            autoComplete="off"
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
        </Field>
        <Field label={s.name} hint={s.nameHint}>
          <Input autoComplete="off" value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        {accounts.length === 0 ? (
          <p className="text-muted-foreground md:col-span-2">{s.noAccount[kind]}</p>
        ) : (
          <Field label={s.account} className="md:col-span-2">
            <Select value={accountId} onChange={(event) => setPicked(event.target.value)}>
              {accounts.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                  {one.sandbox && ` (${t.setup.carrier.sandbox})`}
                </option>
              ))}
            </Select>
          </Field>
        )}
        <label htmlFor="sender-attested" className="flex items-center gap-2.5 md:col-span-2">
          <Checkbox
            id="sender-attested"
            checked={attested}
            onChange={(event) => setAttested(event.target.checked)}
          />
          {s.attested}
        </label>
        {add.isError && (
          <p role="alert" className="text-destructive md:col-span-2">
            {errorText(add.error)}
          </p>
        )}
        <div className="flex gap-2 md:col-span-2">
          <Button type="submit" busy={add.isPending} disabled={!accountId}>
            {s.add}
          </Button>
          <Button variant="primary" busy={busy} disabled={senders.length === 0} onClick={() => onDone()}>
            {t.common.next}
          </Button>
        </div>
      </form>
    </div>
  );
}
