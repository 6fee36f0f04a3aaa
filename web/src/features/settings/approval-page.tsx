"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Field, Input } from "@/components/ui/field";
import { Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { Switch } from "@/components/ui/switch";
import { useTitle } from "@/lib/hooks";
import { useFormat } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { useChangeRule, useWords } from "../approvals/queries";
import { useApprovalRule } from "../approvals/rule";
import { useMe } from "../session/queries";
import { SettingsShell } from "./settings-shell";

/** From how many people on a second member has to look. */
export function ApprovalPage() {
  const words = useWords();
  const w = words.rule;
  const f = useFormat();
  const rule = useApprovalRule();
  const change = useChangeRule();
  const errorText = useErrorText();
  const owner = useMe().data?.permissions.includes("settings.change") ?? false;
  const [typed, setTyped] = useState<string | null>(null);
  const [on, setOn] = useState<boolean | null>(null);
  useTitle(words.title);
  const threshold = rule.data?.threshold ?? null;
  const isOn = on ?? threshold !== null;
  const text = typed ?? (threshold === null ? "" : String(threshold));
  const digits = text.replace(/[,\s]/g, "");
  const number = /^[1-9]\d{0,7}$/.test(digits) ? Number(digits) : null;
  const alone = (rule.data?.approvers ?? 2) < 2;
  const put = (to: number | null) =>
    change.mutate(to, {
      onSuccess: () => {
        setOn(null);
        setTyped(null);
        toast(to === null ? w.off : w.saved(f.num(to)));
      },
      onError: (error) => toast(errorText(error), { tone: "error" }),
    });
  return (
    <SettingsShell title={words.title}>
      {rule.isError ? (
        <Failure title={w.loadFailed} error={rule.error} onRetry={() => void rule.refetch()} />
      ) : !rule.data ? (
        <Skeleton className="h-40 w-full rounded-lg" />
      ) : (
        <Card>
          <CardHead title={w.title} hint={w.approvers(f.num(rule.data.approvers))} />
          <form
            noValidate
            className="flex flex-col gap-4 p-4"
            onSubmit={(event) => {
              event.preventDefault();
              if (number !== null) put(number);
            }}
          >
            <p className="text-muted-foreground">{w.text}</p>
            {alone && <p className="text-warning">{w.alone}</p>}
            <div className="flex items-center gap-3">
              <Switch
                id="approval-on"
                checked={isOn}
                disabled={!owner || (alone && !isOn)}
                onCheckedChange={(to) => (to || threshold === null ? setOn(to) : put(null))}
              />
              <label htmlFor="approval-on" className="font-medium">
                {w.on}
              </label>
            </div>
            {isOn && (
              <div className="flex items-end gap-2">
                <Field label={w.people} error={text && number === null ? w.need : undefined}>
                  <Input
                    inputMode="numeric"
                    autoComplete="off"
                    disabled={!owner}
                    value={text}
                    onChange={(event) => setTyped(event.target.value)}
                    className="w-40"
                  />
                </Field>
                {owner && (
                  <Button
                    type="submit"
                    variant="primary"
                    busy={change.isPending}
                    disabled={number === null || number === threshold}
                    className="max-md:h-11"
                  >
                    {w.save}
                  </Button>
                )}
              </div>
            )}
            {!owner && <p className="text-xs text-muted-foreground">{w.ownerOnly}</p>}
          </form>
        </Card>
      )}
    </SettingsShell>
  );
}
