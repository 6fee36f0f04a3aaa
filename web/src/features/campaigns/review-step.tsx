"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { CalendarClock, Fingerprint, Lock, RotateCw, Send } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { ApiError } from "@/api/client";
import type { Campaign } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Confirm } from "@/components/ui/dialog";
import { Field, Textarea } from "@/components/ui/field";
import { StackedBar } from "@/components/ui/progress";
import { Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { follow } from "@/lib/followed";
import { useDebounced } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { useNavigate } from "@/lib/router";
import { toast } from "@/lib/toast";
import { useApprovalRule } from "../approvals/rule";
import { useMe } from "../session/queries";
import { CheckEquation, CheckFigures, CheckVerdicts } from "./check-cards";
import type { Whom } from "./check-people";
import { CheckSteps } from "./check-steps";
import { type Draft, draftOf } from "./draft";
import { reviewed, windowFault } from "./draft-rules";
import { runCheck, useLaunch } from "./queries";
import { TestButton } from "./test-button";
import { WhenFields } from "./when-fields";

const RequestCard = dynamic(() => import("../approvals/request-card").then((m) => m.RequestCard), {
  ssr: false,
});

const NoticesCard = dynamic(() => import("./notices-card").then((m) => m.NoticesCard), { ssr: false });
const CheckPeople = dynamic(() => import("./check-people").then((m) => m.CheckPeople), { ssr: false });
const SharedNumbers = dynamic(() => import("./shared-numbers").then((m) => m.SharedNumbers), { ssr: false });
const CheckRecent = dynamic(() => import("./check-recent").then((m) => m.CheckRecent), { ssr: false });

interface Props {
  campaign: Campaign;
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  onStore: () => Promise<Campaign | null>;
  onEdit: (step: number) => void;
  /** It was launched or scheduled: the draft is done with. */
  onGone: () => void;
}

/** Who, who not and why, what it costs, what the rules say: all before the button that can't be taken back. */
export function ReviewStep({ campaign, draft, onChange, onStore, onEdit, onGone }: Props) {
  const t = useT();
  const f = useFormat();
  const { to } = useNavigate();
  const me = useMe().data;
  const errorText = useErrorText();
  const launch = useLaunch(campaign.id);
  const threshold = useApprovalRule().data?.threshold ?? null;
  const [reason, setReason] = useState("");
  const [whom, setWhom] = useState<Whom | null>(null);
  const [later, setLater] = useState(draft.scheduleAt !== "");
  // Of a check that is a job of its own: the list is large.
  const [percent, setPercent] = useState<number | null>(null);
  const [asking, setAsking] = useState<"launch" | "rehearse" | null>(null);
  // What is checked is what the server has: a change made here is stored first, when the hand rests.
  const times = reviewed(draft);
  const rested = useDebounced(times, 500);
  const kept = times === reviewed(draftOf(campaign));
  const check = useQuery({
    queryKey: ["campaign", campaign.id, "check", rested],
    queryFn: async () => {
      if (!kept && !(await onStore())) throw new Error(t.composer.checkFailed);
      setPercent(null);
      return runCheck(campaign.id, setPercent);
    },
    placeholderData: keepPreviousData, // the fields stay while it is counted again
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const result = check.data;
  const rule = draft.sharedNumbers;
  const people = result?.sendable ?? 0;
  const excluded = result ? result.audience - people : 0;
  const blocks = result?.verdicts.filter((v) => v.level === "block").length ?? 0;
  const hold = result?.verdicts.some((v) => v.level === "hold") ?? false;
  const shortReason = reason.trim().length < 10;
  const past = later && draft.scheduleAt !== "" && Date.parse(`${draft.scheduleAt}:00+09:00`) < Date.now();

  const finish = (message: string) => {
    toast(message);
    onGone();
    if (me?.tenantId) follow({ kind: "campaign", id: campaign.id, tenantId: me.tenantId });
    to(`/campaigns/${campaign.id}`);
  };
  const run = async (kind: "launch" | "rehearse") => {
    if (!kept && !(await onStore())) return;
    launch.mutate(
      {
        digest: result?.digest,
        rehearse: kind === "rehearse",
        ...(hold && { approvalReason: reason.trim() }),
      },
      {
        onSuccess: () => finish(later ? t.composer.scheduled : t.composer.launched),
        onError: (error) => {
          setAsking(null);
          if (error instanceof ApiError && error.status === 409) void check.refetch();
          toast(errorText(error), { tone: "error" });
        },
      },
    );
  };

  if (check.isError) {
    return (
      <Failure title={t.composer.checkFailed} error={check.error} onRetry={() => void check.refetch()} />
    );
  }
  if (!result) {
    return (
      <div role="status" className="flex flex-col gap-4">
        <p className="text-muted-foreground">
          {t.composer.checking}
          {percent !== null && <b className="ml-2 font-semibold text-foreground">{percent}%</b>}
        </p>
        {percent !== null && (
          <StackedBar
            label={t.composer.checking}
            parts={[{ key: "checked", value: percent, tone: "brand" }]}
            max={100}
          />
        )}
        <Skeleton className="h-36 w-full rounded-lg" />
        <Skeleton className="h-56 w-full rounded-lg" />
      </div>
    );
  }
  const number = f.num(people);
  const blocked = blocks > 0 || people === 0 || past;
  const wrong = windowFault(draft, t) !== undefined;
  // Above the threshold somebody else looks first; a rehearsal reaches nobody.
  const other = threshold !== null && result.audience > threshold && campaign.state !== "approved";
  const unchecked = times !== rested || check.isPlaceholderData;
  return (
    <div className="flex flex-col gap-4">
      {/* Beside the steps, over their line: what is empty of it must not swallow their clicks. */}
      <p className="pointer-events-none -mt-12 flex h-7 items-center justify-end gap-1 text-xs text-muted-foreground max-md:mt-0">
        {t.composer.checkedAt(f.clock(check.dataUpdatedAt))}
        <Button
          variant="ghost"
          size="sm"
          busy={check.isFetching}
          onClick={() => void check.refetch()}
          className="pointer-events-auto"
        >
          <RotateCw aria-hidden />
          {t.composer.checkAgain}
        </Button>
      </p>
      <CheckEquation
        check={result}
        people={people}
        excluded={excluded}
        onEdit={() => onEdit(0)}
        onWhom={setWhom}
      />
      {(rule !== "first" || result.excluded.some((one) => one.reason === "same_address")) && (
        <SharedNumbers value={rule} onChange={(sharedNumbers) => onChange({ sharedNumbers })} />
      )}
      <CheckRecent check={result} onWhom={setWhom} />
      <CheckSteps check={result} onEdit={() => onEdit(1)} />
      <CheckVerdicts verdicts={result.verdicts} lawAsOf={result.lawAsOf} onEdit={() => onEdit(1)} />
      <NoticesCard check={result} written={campaign.steps} />
      <CheckFigures check={result} people={people} />
      <Card className="p-4">
        <WhenFields draft={draft} onChange={onChange} later={later} onLater={setLater} past={past} />
        <p className="mt-4 flex flex-wrap items-center gap-x-2 text-xs text-muted-foreground">
          <Fingerprint aria-hidden className="size-4" />
          <span className="font-medium">{t.composer.fingerprint(result.digest.slice(0, 12))}</span>
          {t.composer.fingerprintHint}
        </p>
        {blocked && !past && (
          <p role="status" className="mt-4 text-destructive">
            {people === 0 ? t.composer.nobody : t.composer.blocked(blocks)}
          </p>
        )}
        {hold && !blocked && !other && (
          <Field
            label={t.composer.approvalReason}
            hint={t.composer.approvalHint}
            error={shortReason && reason ? t.composer.approvalShort : undefined}
            className="mt-4"
          >
            <Textarea value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
          </Field>
        )}
        {other && (
          <RequestCard
            campaign={campaign}
            check={result}
            threshold={threshold}
            disabled={blocked || wrong || unchecked || (later && !draft.scheduleAt)}
            onAsked={() => {
              onGone();
              to(`/campaigns/${campaign.id}`);
            }}
          />
        )}
        <div className="mt-3 flex flex-wrap gap-2 max-md:flex-col">
          {!other && (
            <Button
              variant="primary"
              size="lg"
              disabled={
                blocked || wrong || unchecked || (later && !draft.scheduleAt) || (hold && shortReason)
              }
              onClick={() => setAsking("launch")}
              className="max-md:h-12"
            >
              {blocked ? <Lock aria-hidden /> : later ? <CalendarClock aria-hidden /> : <Send aria-hidden />}
              {later ? t.composer.schedule(number) : t.composer.launch(number)}
            </Button>
          )}
          {!later && (
            <Button
              size="lg"
              disabled={people === 0 || wrong || unchecked}
              onClick={() => setAsking("rehearse")}
              className="max-md:h-12"
            >
              {t.composer.rehearse}
            </Button>
          )}
          <TestButton campaign={campaign} disabled={unchecked || wrong} />
        </div>
      </Card>
      {whom && <CheckPeople campaignId={campaign.id} whom={whom} onClose={() => setWhom(null)} />}
      <Confirm
        open={asking !== null}
        onOpenChange={(open) => !open && setAsking(null)}
        title={t.composer.confirmTitle(number)}
        action={
          asking === "rehearse"
            ? t.composer.rehearse
            : later
              ? t.composer.schedule(number)
              : t.composer.launch(number)
        }
        onConfirm={() => asking && void run(asking)}
        busy={launch.isPending}
      >
        {asking === "rehearse"
          ? t.composer.rehearseHint
          : later && draft.scheduleAt
            ? t.composer.confirmLater(f.dateTime(`${draft.scheduleAt}:00+09:00`))
            : t.composer.confirmText(f.num(result.cost.max))}
      </Confirm>
    </div>
  );
}
