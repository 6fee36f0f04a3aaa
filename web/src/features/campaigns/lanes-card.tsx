"use client";

import { useQuery } from "@tanstack/react-query";
import { http } from "@/api/client";
import type { Lane, LaneStep } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Card, CardHead } from "@/components/ui/card";
import { Failure } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { usePageWords } from "@/lib/page-words";
import { Link } from "@/lib/router";
import ko, { type Lanes } from "@/messages/ko/lanes";
import { CampaignStateBadge } from "./state-badge";

const english = () => import("@/messages/en/lanes");
const EVERY = 2000;
const SHOWN = 8; // lanes; automations may have many

function useLanes() {
  return useQuery({
    queryKey: ["lanes"],
    queryFn: ({ signal }) => http.get("/api/lanes", { signal }),
    refetchInterval: EVERY,
  });
}

/** Neither due nor in hand nor later nor in doubt: handed over, or not come to yet. */
const isEmpty = (step: LaneStep) => step.due + step.inHand + step.later + step.asking === 0;

/** `rest`: what is said where nobody of the step waits. */
function StepLine({ step, rest }: { step: LaneStep; rest: string }) {
  const t = useT();
  const f = useFormat();
  const w: Lanes = usePageWords(ko, english);
  const figures = [
    step.due > 0 && w.due(step.due),
    step.inHand > 0 && w.inHand(step.inHand),
    step.later > 0 && step.nextAt && w.later(step.later, f.clockSeconds(step.nextAt)),
    step.asking > 0 && w.asking(step.asking),
  ].filter(Boolean);
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted-foreground">
      <span>
        {t.contacts.channels[step.channel] ?? step.channel} · {step.accountName}
      </span>
      {step.accountRate !== null && <span>{w.pace(step.accountRate)}</span>}
      <span className="text-foreground empty:hidden">{isEmpty(step) ? rest : figures.join(" · ")}</span>
      {step.restingSeconds > 0 && (
        <Badge tone="danger">{w.resting(f.duration(Math.ceil(step.restingSeconds)))}</Badge>
      )}
    </p>
  );
}

function LaneRow({ lane, here }: { lane: Lane; here: boolean }) {
  const w: Lanes = usePageWords(ko, english);
  const over = lane.state !== "launching" && lane.steps.every(isEmpty);
  const name = lane.campaignName || (w.kinds[lane.kind] ?? lane.kind);
  return (
    <li className="flex flex-col gap-1 border-b px-4 py-2.5 last:border-b-0">
      <div className="flex flex-wrap items-center gap-2">
        {lane.campaignId && !here ? (
          <Link
            href={`/campaigns/${lane.campaignId}`}
            className="rounded-sm font-medium underline-offset-4 hover:underline max-md:inline-flex max-md:min-h-11 max-md:items-center"
          >
            {name}
          </Link>
        ) : (
          <span className="font-medium">{name}</span>
        )}
        {here && <Badge tone="brand">{w.here}</Badge>}
        {lane.urgent && <Badge>{w.first}</Badge>}
        {lane.rehearse && <Badge>{w.rehearsal}</Badge>}
        <span className="ml-auto">
          <CampaignStateBadge state={lane.state} />
        </span>
      </div>
      {lane.steps.map((step) => (
        <StepLine key={step.step} step={step} rest={over && step.step === 0 ? w.receipts : ""} />
      ))}
    </li>
  );
}

/** What goes out of the camp now: this campaign and whoever shares its accounts, and what each waits for. */
export function LanesCard({ campaignId }: { campaignId: string }) {
  const w: Lanes = usePageWords(ko, english);
  const lanes = useLanes();
  const all = lanes.data?.items ?? [];
  const mine = (one: Lane) => one.campaignId === campaignId;
  const ordered = [...all.filter(mine), ...all.filter((one) => !mine(one))];
  if (lanes.isError)
    return <Failure compact title={w.loadFailed} error={lanes.error} onRetry={() => void lanes.refetch()} />;
  if (ordered.length === 0) return null;
  return (
    <Card>
      <CardHead title={w.title} hint={w.hint} />
      <ul aria-label={w.title}>
        {ordered.slice(0, SHOWN).map((one) => (
          <LaneRow key={one.sendId} lane={one} here={mine(one)} />
        ))}
      </ul>
      {ordered.length > SHOWN && (
        <p className="border-t px-4 py-2.5 text-xs text-muted-foreground">{w.more(ordered.length - SHOWN)}</p>
      )}
    </Card>
  );
}
