"use client";

import { Download, Send } from "lucide-react";
import { ApiError } from "@/api/client";
import { PageHeader } from "@/components/shell/page-header";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Empty, Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { Link, usePath } from "@/lib/router";
import { toast } from "@/lib/toast";
import { CampaignStateBadge } from "../campaigns/state-badge";
import { useMe } from "../session/queries";
import { CurveCard } from "./curve-card";
import { FlowCard } from "./flow-card";
import { FunnelCard } from "./funnel-card";
import { FailuresCard, MissedCard, MissentCard } from "./lists";
import { type Results, useResults, useResultWords, useTakeResults } from "./queries";
import { TextsCard } from "./texts-card";

/** `/campaigns/{id}/results`: the id is the part before the last. */
function useCampaignId(): string | null {
  const id = usePath().split("/").filter(Boolean).at(-2);
  return id && id !== "_" ? decodeURIComponent(id) : null;
}

/** What a campaign came to: figures alone, whose parts sum; the people are on its own page. */
export function ResultsPage() {
  const w = useResultWords();
  const t = useT();
  const f = useFormat();
  const id = useCampaignId();
  const results = useResults(id);
  const found = results.data;
  useTitle(found ? `${found.name} · ${w.title}` : w.title);
  const waiting = results.error instanceof ApiError && results.error.code === "not_launched";
  return (
    <>
      <PageHeader
        title={w.title}
        trail={[
          { href: "/campaigns", label: t.campaigns.title },
          ...(found ? [{ href: `/campaigns/${id}`, label: found.name }] : []),
        ]}
        meta={
          found && (
            <>
              <CampaignStateBadge state={found.state} />
              {found.rehearse && <Badge>{w.rehearsal}</Badge>}
              <span className="text-xs text-muted-foreground max-md:hidden">
                {w.asOf(f.clock(found.asOf))}
              </span>
            </>
          )
        }
        actions={found && <Take found={found} />}
      />
      <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex w-full max-w-[1080px] flex-col gap-5 px-6 py-6 max-md:px-4 max-md:py-5">
          {waiting ? (
            <Empty
              icon={Send}
              title={w.notYet}
              actions={
                <Button asChild variant="primary">
                  <Link href={`/campaigns/${id}`}>{w.toCampaign}</Link>
                </Button>
              }
            >
              {w.notYetHint}
            </Empty>
          ) : results.isError ? (
            <Failure title={w.loadFailed} error={results.error} onRetry={() => void results.refetch()} />
          ) : found ? (
            <Cards found={found} />
          ) : (
            <>
              <Skeleton className="h-36 w-full rounded-lg" />
              <Skeleton className="h-64 w-full rounded-lg" />
            </>
          )}
        </div>
      </div>
    </>
  );
}

function Cards({ found }: { found: Results }) {
  const mayChange = useMe().data?.permissions.includes("campaigns.control") ?? false;
  return (
    <>
      <FunnelCard found={found} />
      <div className="grid gap-5 md:grid-cols-2">
        <CurveCard found={found} />
        <TextsCard found={found} mayChange={mayChange} />
        <FlowCard found={found} />
        <FailuresCard found={found} />
      </div>
      <MissentCard found={found} />
      <MissedCard found={found} />
    </>
  );
}

function Take({ found }: { found: Results }) {
  const w = useResultWords();
  const errorText = useErrorText();
  const may = useMe().data?.permissions.includes("exports.run") ?? false;
  const take = useTakeResults(found.campaignId, found.name);
  if (!may) return null;
  const run = (format: "csv" | "xlsx") =>
    take.mutate(format, { onError: (error) => toast(errorText(error), { tone: "error" }) });
  return (
    <span className="flex gap-2">
      {(["xlsx", "csv"] as const).map((format) => (
        <Button
          key={format}
          variant={format === "csv" ? "ghost" : undefined}
          busy={take.isPending && take.variables === format}
          onClick={() => run(format)}
          className="max-md:h-11"
        >
          {format === "xlsx" && <Download aria-hidden />}
          {w[format]}
        </Button>
      ))}
    </span>
  );
}
