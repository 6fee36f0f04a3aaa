"use client";

import { useQuery } from "@tanstack/react-query";
import { Fingerprint } from "lucide-react";
import { useState } from "react";
import type { Campaign } from "@/api/types";
import { Bubble } from "@/components/phone-preview";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Dialog, DialogClose, DialogContent } from "@/components/ui/dialog";
import { Field, Textarea } from "@/components/ui/field";
import { Failure, Skeleton } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { useMe } from "../session/queries";
import { atLeast } from "../session/roles";
import { CheckEquation, CheckFigures, CheckVerdicts } from "./check-cards";
import { type Act, runCheck } from "./queries";

interface Props {
  campaign: Campaign;
  busy: boolean;
  onAct: (act: Act, body?: unknown) => void;
}

/** What an approver must see before the name goes under it: people, cost, text, rules, fingerprint. */
export function ApprovalPanel({ campaign, busy, onAct }: Props) {
  const t = useT();
  const f = useFormat();
  const me = useMe().data;
  const [rejecting, setRejecting] = useState(false);
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const check = useQuery({
    queryKey: ["campaign", campaign.id, "check"],
    queryFn: () => runCheck(campaign.id),
    retry: false,
  });
  const result = check.data;
  if (check.isError)
    return (
      <Failure
        compact
        title={t.composer.checkFailed}
        error={check.error}
        onRetry={() => void check.refetch()}
      />
    );
  if (!result) return <Skeleton className="h-56 w-full rounded-lg" />;
  const excluded = result.excluded.reduce((sum, one) => sum + one.count, 0);
  const people = result.audience - excluded;
  const mayApprove = atLeast(me?.role ?? undefined, "admin");
  const blocked = result.verdicts.some((v) => v.level === "block");
  return (
    <>
      <section>
        <p className="text-muted-foreground">{t.monitor.approvalTitle}</p>
        <h2 className="text-2xl font-semibold">
          {campaign.schedule?.at
            ? t.monitor.scheduledTitle(f.dateTime(campaign.schedule.at))
            : t.composer.confirmTitle(f.num(people))}
        </h2>
        <p className="mt-1 text-muted-foreground">{t.monitor.approvalHint}</p>
      </section>
      <CheckFigures check={result} people={people} />
      <CheckEquation check={result} people={people} excluded={excluded} />
      {campaign.steps[0]?.body && (
        <Card className="flex flex-col p-4">
          <Bubble>{campaign.steps[0].body}</Bubble>
        </Card>
      )}
      <CheckVerdicts verdicts={result.verdicts} />
      <p className="flex items-center gap-2 text-xs text-muted-foreground">
        <Fingerprint aria-hidden className="size-4" />
        {t.composer.fingerprint(result.digest.slice(0, 12))} · {t.composer.fingerprintHint}
      </p>
      {mayApprove && (
        <div className="flex gap-2">
          <Button size="touch" onClick={() => setRejecting(true)} className="max-md:max-w-28">
            {t.monitor.reject}
          </Button>
          <Button
            size="touch"
            variant="primary"
            disabled={blocked}
            busy={busy}
            onClick={() => onAct("approve", { digest: result.digest })}
          >
            {t.monitor.approve}
          </Button>
        </div>
      )}
      <Dialog open={rejecting} onOpenChange={setRejecting}>
        <DialogContent
          title={t.monitor.rejectTitle}
          footer={
            <>
              <DialogClose asChild>
                <Button>{t.common.close}</Button>
              </DialogClose>
              <Button
                variant="danger"
                busy={busy}
                onClick={() => {
                  if (reason.trim()) {
                    onAct("reject", { reason });
                    setRejecting(false);
                  } else setMissing(true);
                }}
              >
                {t.monitor.reject}
              </Button>
            </>
          }
        >
          <Field
            label={t.monitor.rejectReason}
            error={missing && !reason.trim() ? t.monitor.rejectNeed : undefined}
          >
            <Textarea value={reason} onChange={(event) => setReason(event.target.value)} />
          </Field>
        </DialogContent>
      </Dialog>
    </>
  );
}
