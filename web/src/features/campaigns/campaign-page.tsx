"use client";

import { ChartColumn, ClipboardCheck, Copy, Pause, PenLine, Play, Scale, Square } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { PageHeader } from "@/components/shell/page-header";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { Empty, Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import { Link, useNavigate, useRecordId, useSearch } from "@/lib/router";
import { toast } from "@/lib/toast";
import { useMe } from "../session/queries";
import { draftOf, saveDraft } from "./draft";
import { needsCheck } from "./held";
import { Monitor } from "./monitor";
import { People } from "./people";
import { HOLD_WINDOW, type PeopleFilter, type Steer, useCampaign, useProgress, useSteer } from "./queries";
import { RefusalsLine } from "./refusals-line";
import { CampaignStateBadge } from "./state-badge";
import { StepsLine } from "./steps-line";
import { WindowLine } from "./window-line";

const ApprovalPanel = dynamic(() => import("../approvals/approval-panel").then((m) => m.ApprovalPanel), {
  ssr: false,
});

const RejectedNote = dynamic(() => import("../approvals/rejected-note").then((m) => m.RejectedNote), {
  ssr: false,
});

const LanesCard = dynamic(() => import("./lanes-card").then((m) => m.LanesCard), { ssr: false });

const IN_APPROVAL = ["awaiting_approval", "approved"];

/** One campaign from approval to result. While it runs, the numbers move by themselves. */
export function CampaignPage() {
  const t = useT();
  const f = useFormat();
  const { to } = useNavigate();
  const errorText = useErrorText();
  const id = useRecordId();
  const campaign = useCampaign(id);
  const progress = useProgress(id, campaign.data?.state);
  const act = useSteer(id ?? "");
  const mayReconcile = useMe().data?.permissions.includes("operations.read") ?? false;
  const [asking, setAsking] = useState<"pause" | "cancel" | null>(null);
  // In the address, so that the results can lead to whom a figure means.
  const [search, setSearch] = useSearch();
  const filter: PeopleFilter = {
    state: search.get("state") as PeopleFilter["state"],
    reason: search.get("reason"),
  };
  const setFilter = ({ state, reason }: PeopleFilter) => setSearch({ state, reason });
  const one = campaign.data;
  // The snapshot is fresher than the record while a send runs.
  const state = progress.data?.state ?? one?.state;
  const left = progress.data ? progress.data.counts.queued : 0;
  // It goes on by itself in its hours; resuming it by hand does nothing, stopping it does.
  const waits = state === "held" && progress.data?.holdReason === HOLD_WINDOW;
  const canPause = state === "running" || state === "launching" || waits;
  const recheck = one !== undefined && needsCheck(one, Date.now());
  const canCancel =
    state !== undefined &&
    ["running", "launching", "paused", "held", "scheduled", ...IN_APPROVAL].includes(state);
  useTitle(one?.name);

  const run = (what: Steer) =>
    act.mutate(what, {
      onSettled: () => setAsking(null),
      onError: (error) => toast(errorText(error), { tone: "error" }),
    });
  useShortcuts([{ combo: "p", name: "pause", group: "campaign", run: () => canPause && setAsking("pause") }]);

  if (campaign.isError) {
    return (
      <Failure
        title={t.campaigns.loadFailed}
        error={campaign.error}
        onRetry={() => void campaign.refetch()}
      />
    );
  }
  const buttons = (touch: boolean) => (
    <>
      {canPause && (
        <Button size={touch ? "touch" : "md"} onClick={() => setAsking("pause")}>
          <Pause aria-hidden />
          {t.monitor.pause}
        </Button>
      )}
      {canCancel && (!canPause || waits) && (
        <Button size={touch ? "touch" : "md"} onClick={() => setAsking("cancel")}>
          <Square aria-hidden />
          {state === "scheduled" ? t.monitor.scheduledCancel : t.monitor.cancel}
        </Button>
      )}
      {recheck && (
        <Button asChild size={touch ? "touch" : "md"} variant="primary">
          <Link href={`/campaigns/new?draft=${one.id}`}>
            <ClipboardCheck aria-hidden />
            {t.composer.checkAgain}
          </Link>
        </Button>
      )}
      {(state === "paused" || (state === "held" && !waits && !recheck)) && (
        <Button
          size={touch ? "touch" : "md"}
          variant="primary"
          busy={act.isPending}
          onClick={() => run("resume")}
        >
          <Play aria-hidden />
          {t.monitor.resume}
        </Button>
      )}
    </>
  );
  const again = () => {
    if (one) saveDraft({ ...draftOf(one), id: null, scheduleAt: "" });
    to("/campaigns/new");
  };

  return (
    <>
      <PageHeader
        title={one?.name ?? <Skeleton className="h-5 w-40" />}
        trail={[{ href: "/campaigns", label: t.campaigns.title }]}
        meta={
          <>
            {state && <CampaignStateBadge state={state} />}
            {one && (
              <Badge className="max-md:hidden">
                {t.campaigns.classes[one.messageClass] ?? one.messageClass}
              </Badge>
            )}
          </>
        }
        actions={
          one && (
            <span className="flex items-center gap-2 max-md:hidden">
              {state && ["finished", "cancelled", "stopped"].includes(state) && (
                <Button variant="ghost" onClick={again}>
                  <Copy aria-hidden />
                  {t.monitor.again}
                </Button>
              )}
              {buttons(false)}
            </span>
          )
        }
      />
      {state && IN_APPROVAL.includes(state) && one ? (
        <ApprovalPanel campaign={one} />
      ) : state === "draft" && one ? (
        <Empty
          icon={PenLine}
          title={t.monitor.draftTitle}
          actions={
            <Button asChild variant="primary">
              <Link href={`/campaigns/new?draft=${one.id}`}>{t.monitor.draftOpen}</Link>
            </Button>
          }
        >
          {one.approval?.state === "rejected" && <RejectedNote campaign={one} />}
        </Empty>
      ) : (
        <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
          <div className="mx-auto flex w-full max-w-[960px] flex-col gap-5 px-6 py-6 max-md:px-4 max-md:py-5">
            {progress.isError && (
              <Failure compact error={progress.error} onRetry={() => void progress.refetch()} />
            )}
            {progress.data && one ? (
              <Monitor campaign={one} progress={progress.data} filter={filter} onFilter={setFilter} />
            ) : (
              !progress.isError && <Skeleton className="h-72 w-full rounded-lg" />
            )}
            {one?.sendWindow && <WindowLine hours={one.sendWindow} />}
            {progress.data && <StepsLine progress={progress.data} />}
            {mayReconcile && id && ["launching", "running", "paused", "held"].includes(state ?? "") && (
              <LanesCard campaignId={id} />
            )}
            {progress.data?.sendId && one && (
              <RefusalsLine id={one.id} live={["launching", "running"].includes(one.state)} />
            )}
            {progress.data?.sendId && (
              <div className="flex flex-wrap gap-2">
                <Button asChild className="max-md:h-11">
                  <Link href={`/campaigns/${id}/results`}>
                    <ChartColumn aria-hidden />
                    {t.monitor.results}
                  </Link>
                </Button>
                {mayReconcile && (
                  <Button asChild variant="ghost" className="max-md:h-11">
                    <Link href={`/sends/books?send=${progress.data.sendId}`}>
                      <Scale aria-hidden />
                      {t.shell.reconcile}
                    </Link>
                  </Button>
                )}
              </div>
            )}
            {progress.data && id && (
              <People
                campaignId={id}
                name={one?.name ?? ""}
                filter={filter}
                onFilter={setFilter}
                progress={progress.data}
              />
            )}
          </div>
        </div>
      )}
      {(canPause || canCancel) && state && !IN_APPROVAL.includes(state) && (
        <div className="flex gap-2 border-t bg-card p-4 md:hidden">{buttons(true)}</div>
      )}
      <Confirm
        open={asking === "pause"}
        onOpenChange={(open) => !open && setAsking(null)}
        title={t.monitor.pauseTitle}
        action={t.monitor.pause}
        onConfirm={() => run("pause")}
        busy={act.isPending}
      >
        {t.monitor.pauseText(f.num(left))}
      </Confirm>
      <Confirm
        open={asking === "cancel"}
        onOpenChange={(open) => !open && setAsking(null)}
        title={t.monitor.cancelTitle}
        action={t.monitor.cancel}
        onConfirm={() => run("cancel")}
        busy={act.isPending}
        danger
      >
        {t.monitor.cancelText(f.num(left))}
      </Confirm>
    </>
  );
}
