"use client";

import { useQuery } from "@tanstack/react-query";
import { Check as CheckIcon, Fingerprint, PencilLine, Send } from "lucide-react";
import { useState } from "react";
import type { Campaign } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Confirm } from "@/components/ui/dialog";
import { Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { toast } from "@/lib/toast";
import { CheckEquation, CheckFigures, CheckVerdicts } from "../campaigns/check-cards";
import { CheckPeople, type Whom } from "../campaigns/check-people";
import { runCheck, useLaunch } from "../campaigns/queries";
import { useMe } from "../session/queries";
import { useApprove, useNames, useWords } from "./queries";
import { RejectDialog } from "./reject-dialog";
import { Texts } from "./texts";

/** The parts of a digest that a person leaving doesn't change: content and prices. */
const told = (digest: string) => [digest.split(".")[0], digest.split(".").at(-1)].join(".");

/** Somebody asks for a second look: everything that is needed to say yes or no, on a phone too. */
export function ApprovalPanel({ campaign }: { campaign: Campaign }) {
  const t = useT();
  const f = useFormat();
  const w = useWords();
  const me = useMe().data;
  const nameOf = useNames();
  const errorText = useErrorText();
  const act = useApprove(campaign.id);
  const launch = useLaunch(campaign.id);
  const [asking, setAsking] = useState<"approve" | "reject" | "launch" | null>(null);
  const [whom, setWhom] = useState<Whom | null>(null);
  const asked = campaign.approval;
  const check = useQuery({
    queryKey: ["campaign", campaign.id, "check", "approval", campaign.version],
    queryFn: () => runCheck(campaign.id),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  if (!asked) return null;
  const found = check.data;
  const pending = asked.state === "pending";
  const own = asked.requestedBy === me?.user.id;
  const may = me?.permissions.includes(pending ? "campaigns.approve" : "campaigns.launch") ?? false;
  const at = campaign.schedule?.at;
  const ahead = at !== undefined && at !== null && Date.parse(at) > Date.now();
  const blocked = found?.verdicts.some((one) => one.level === "block") ?? false;
  const changed = found !== undefined && told(found.digest) !== told(asked.digest);
  const people = found?.sendable ?? asked.audience;
  const why = blocked ? w.blocked : changed ? w.changed : pending && own ? w.own : may ? "" : w.notMine;
  const done = (message: string) => ({
    onSettled: () => setAsking(null),
    onSuccess: () => toast(message),
    onError: (error: Error) => toast(errorText(error), { tone: "error" }),
  });

  return (
    <>
      <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex w-full max-w-[804px] flex-col gap-4 px-6 py-6 max-md:px-4 max-md:py-5">
          <header>
            <p className="text-muted-foreground">
              {pending
                ? w.asked(nameOf(asked.requestedBy), f.dateTime(asked.requestedAt))
                : w.approvedBy(nameOf(asked.decidedBy), f.dateTime(asked.decidedAt ?? asked.requestedAt))}
            </p>
            <h2 className="mt-1 text-2xl font-semibold">
              {w.whom(f.num(people))}
              <br />
              {ahead ? w.at(f.dateTime(at)) : w.byHand}
            </h2>
          </header>
          {check.isError ? (
            <Failure title={w.checkFailed} error={check.error} onRetry={() => void check.refetch()} />
          ) : !found ? (
            <div role="status" aria-label={w.checking} className="flex flex-col gap-4">
              <Skeleton className="h-20 w-full rounded-lg" />
              <Skeleton className="h-36 w-full rounded-lg" />
            </div>
          ) : (
            <>
              <CheckFigures check={found} people={found.sendable} />
              <CheckEquation
                check={found}
                people={found.sendable}
                excluded={found.audience - found.sendable}
                {...(me?.permissions.includes("campaigns.draft") && { onWhom: setWhom })}
              />
              <Texts campaign={campaign} check={found} />
              <CheckVerdicts verdicts={found.verdicts} />
            </>
          )}
          <Card>
            <CardHead
              title={w.print(`${asked.digest.slice(0, 4)}-${asked.digest.slice(4, 8)}`.toUpperCase())}
            />
            <p className="flex items-start gap-2 px-4 py-3 text-xs text-muted-foreground">
              <Fingerprint aria-hidden className="size-4 shrink-0" />
              {w.printHint}
            </p>
          </Card>
          {asked.note && (
            <blockquote className="rounded-lg border bg-card p-4 shadow-card">
              <p className="text-xs text-muted-foreground">{nameOf(asked.requestedBy)}</p>
              <p className="whitespace-pre-wrap">{asked.note}</p>
            </blockquote>
          )}
        </div>
      </div>
      <footer className="flex shrink-0 flex-wrap items-center gap-2 border-t bg-card px-5 py-3 max-md:p-4">
        {why && (
          <p role="status" className="w-full text-xs text-muted-foreground">
            {why}
          </p>
        )}
        <Button asChild variant="ghost" title={w.editHint} className="max-md:h-12">
          <Link href={`/campaigns/new?draft=${campaign.id}`}>
            <PencilLine aria-hidden />
            {w.edit}
          </Link>
        </Button>
        <span className="flex-1 max-md:hidden" />
        {pending && me?.permissions.includes("campaigns.approve") && (
          <Button size="lg" onClick={() => setAsking("reject")} className="max-md:h-12 max-md:w-28">
            {w.reject}
          </Button>
        )}
        <Button
          variant="primary"
          size="lg"
          disabled={why !== "" || !found}
          onClick={() => setAsking(pending ? "approve" : "launch")}
          className="max-md:h-12 max-md:flex-1"
        >
          {pending ? <CheckIcon aria-hidden /> : <Send aria-hidden />}
          {pending ? w.approve : w.launch(f.num(people))}
        </Button>
      </footer>
      <Confirm
        open={asking === "approve"}
        onOpenChange={(open) => !open && setAsking(null)}
        title={w.approveTitle}
        action={w.approve}
        busy={act.isPending}
        onConfirm={() => act.mutate({ kind: "approve", digest: asked.digest }, done(w.approved))}
      >
        <p>{ahead ? w.willStart(f.dateTime(at)) : w.willWait}</p>
        <p className="mt-2">{w.approveName(me?.user.name ?? "")}</p>
      </Confirm>
      <Confirm
        open={asking === "launch"}
        onOpenChange={(open) => !open && setAsking(null)}
        title={t.composer.confirmTitle(f.num(people))}
        action={w.launch(f.num(people))}
        busy={launch.isPending}
        onConfirm={() => launch.mutate({}, done(w.launched))}
      >
        {t.composer.confirmText(f.num(found?.cost.max ?? 0))}
      </Confirm>
      {whom && <CheckPeople campaignId={campaign.id} whom={whom} onClose={() => setWhom(null)} />}
      {asking === "reject" && (
        <RejectDialog
          asker={nameOf(asked.requestedBy)}
          busy={act.isPending}
          onClose={() => setAsking(null)}
          onReject={(reason) => act.mutate({ kind: "reject", reason }, done(w.rejected))}
        />
      )}
    </>
  );
}
