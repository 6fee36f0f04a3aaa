"use client";

import dynamic from "next/dynamic";
import type { Campaign } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { StackedBar } from "@/components/ui/progress";
import { Failure, Skeleton } from "@/components/ui/states";
import { useNow, useTitle } from "@/lib/hooks";
import { Rich, useFormat, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { useCampaigns } from "../campaigns/queries";
import { useContactTotal } from "../contacts/queries";
import { STATE_TONE } from "../imports/imports-page";
import { useImports } from "../imports/queries";
import { useMe, useQuota, useTenant } from "../session/queries";
import { useUncertainCounts } from "../uncertain/queries";
import { CampaignRow, FirstSteps, RunningRow, Section, UncertainRow } from "./overview-parts";
import { useListHealth } from "./queries";

// With the words of the law page, which nobody else needs here.
const LawCard = dynamic(() => import("./law-card").then((m) => m.LawCard), { ssr: false });

const LIVE = ["launching", "running"];

function useGreeting(
  groups: Record<"held" | "approvals" | "running" | "scheduled", Campaign[]>,
  empty: boolean,
  ready: boolean,
): [string, string] {
  const t = useT();
  const f = useFormat();
  const quota = useQuota().data;
  if (!ready) return ["", ""];
  const o = t.overview;
  const first = groups.held.length
    ? o.urgentHeld(groups.held.length)
    : groups.approvals.length
      ? o.urgentApprovals(groups.approvals.length)
      : groups.running.length
        ? o.urgentRunning(groups.running.length)
        : empty
          ? o.urgentImport
          : o.urgentNone;
  const next = groups.scheduled
    .map((c) => c.schedule?.at)
    .filter(Boolean)
    .sort()[0];
  const second = [
    groups.running.length > 0 && groups.approvals.length > 0 && o.lineRunning(groups.running.length),
    next && o.lineScheduled(groups.scheduled.length, f.dateTime(next)),
    quota && o.lineQuota(f.num(quota.remaining)),
  ].filter(Boolean);
  return [first, second.join(" ") || o.lineNone];
}

/** A morning brief: the most urgent fact in one sentence, then what waits, what runs, how the list is. */
export function OverviewPage() {
  const t = useT();
  const f = useFormat();
  const now = useNow(30);
  const me = useMe().data;
  const quota = useQuota();
  const campaigns = useCampaigns();
  const total = useContactTotal();
  const imports = useImports();
  const health = useListHealth();
  const camp = useTenant()?.kind === "camp";
  const unknown = useUncertainCounts().data?.people ?? 0;
  useTitle(t.overview.title);

  const all = campaigns.data?.pages[0]?.items ?? [];
  const of = (states: string[]) => all.filter((c) => states.includes(c.state));
  const groups = {
    held: of(["held", "paused", "stopped"]).filter((c) => c.state !== "stopped"),
    approvals: of(["awaiting_approval", "approved"]),
    running: of(LIVE),
    scheduled: of(["scheduled"]),
  };
  const recent = of(["finished", "stopped", "cancelled"]).slice(0, 4);
  const empty = total.data?.value === 0;
  const [first, second] = useGreeting(groups, empty, campaigns.isSuccess);
  const lastImports = imports.data?.pages[0]?.items.slice(0, 3) ?? [];

  return (
    <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto w-full max-w-[1120px] px-6 pt-8 pb-12 max-md:px-4 max-md:pt-6">
        <header className="mb-9">
          <p className="min-h-5 text-xs text-muted-foreground">
            {now > 0 && `${f.date(now, false)} ${f.clock(now)} · ${t.common.koreanTime}`}
          </p>
          <div className="flex flex-wrap items-end gap-x-6">
            <div className="min-w-0 flex-1">
              <h1 className="min-h-[34px] text-2xl font-semibold">
                {first && me ? (
                  `${t.overview.greet(me.user.name)}${first}`
                ) : (
                  <Skeleton className="h-7 w-80" />
                )}
              </h1>
              <p className="mt-1 min-h-5 text-muted-foreground">{second && <Rich text={second} />}</p>
            </div>
          </div>
        </header>
        <div className="grid gap-x-10 gap-y-9 lg:grid-cols-[minmax(0,1fr)_340px]">
          <div className="flex min-w-0 flex-col gap-9">
            {campaigns.isError && (
              <Failure
                compact
                title={t.campaigns.loadFailed}
                error={campaigns.error}
                onRetry={() => void campaigns.refetch()}
              />
            )}
            {campaigns.isPending && <Skeleton className="h-40 w-full rounded-lg" />}
            {unknown > 0 && <UncertainRow people={unknown} />}
            {groups.approvals.length > 0 && (
              <Section
                title={t.overview.approvals}
                count={groups.approvals.length}
                href="/campaigns"
                link={t.overview.seeAll}
              >
                <Card>
                  <ul>
                    {groups.approvals.slice(0, 4).map((c, i) => (
                      <CampaignRow
                        key={c.id}
                        campaign={c}
                        now={now}
                        action={t.overview.review}
                        primary={i === 0}
                      />
                    ))}
                  </ul>
                </Card>
              </Section>
            )}
            {groups.held.length > 0 && (
              <Section title={t.overview.held} count={groups.held.length}>
                <Card>
                  <ul>
                    {groups.held.map((c) => (
                      <CampaignRow key={c.id} campaign={c} now={now} action={t.overview.open} />
                    ))}
                  </ul>
                </Card>
              </Section>
            )}
            {groups.running.length > 0 && (
              <Section
                title={t.overview.running}
                count={groups.running.length}
                href="/campaigns"
                link={t.overview.seeAll}
              >
                <Card>
                  <ul>
                    {groups.running.slice(0, 5).map((c) => (
                      <RunningRow key={c.id} campaign={c} />
                    ))}
                  </ul>
                </Card>
              </Section>
            )}
            {groups.scheduled.length > 0 && (
              <Section title={t.overview.scheduled} count={groups.scheduled.length}>
                <Card>
                  <ul>
                    {groups.scheduled.slice(0, 4).map((c) => (
                      <CampaignRow key={c.id} campaign={c} now={now} action={t.overview.open} />
                    ))}
                  </ul>
                </Card>
              </Section>
            )}
            {campaigns.isSuccess && recent.length === 0 && groups.running.length === 0 && <FirstSteps />}
            {recent.length > 0 && (
              <Section title={t.overview.recent} href="/campaigns" link={t.overview.seeAll}>
                <Card>
                  <ul>
                    {recent.map((c) => (
                      <CampaignRow key={c.id} campaign={c} now={now} />
                    ))}
                  </ul>
                </Card>
              </Section>
            )}
          </div>
          <div className="flex min-w-0 flex-col gap-9">
            {camp && <LawCard />}
            <Section title={t.overview.list} href="/contacts" link={t.overview.listTidy}>
              <Card className="px-4 py-3">
                {total.isError ? (
                  <Failure compact error={total.error} onRetry={() => void total.refetch()} />
                ) : (
                  <>
                    <p className="flex items-baseline gap-2 pb-2">
                      <b className="text-xl font-semibold">
                        {total.data ? (
                          t.overview.listTotal(f.num(total.data.value))
                        ) : (
                          <Skeleton className="h-6 w-24" />
                        )}
                      </b>
                      {health.data && (
                        <span className="text-xs text-muted-foreground">
                          {t.overview.listReach(f.num(health.data.reachable))}
                        </span>
                      )}
                    </p>
                    {[
                      {
                        label: t.overview.listRefused,
                        value: health.data?.refused,
                        href: "/contacts?suppressed=yes",
                      },
                      { label: t.overview.listNoPhone, value: health.data?.noPhone, href: "/contacts" },
                    ].map((row) => (
                      <p key={row.label} className="flex h-9 items-center border-t">
                        <span className="flex-1 text-muted-foreground">{row.label}</span>
                        <b className="font-medium">{row.value === undefined ? "" : f.num(row.value)}</b>
                      </p>
                    ))}
                  </>
                )}
              </Card>
            </Section>
            {lastImports.length > 0 && (
              <Section title={t.overview.imports} href="/contacts/imports" link={t.overview.seeAll}>
                <Card>
                  <ul>
                    {lastImports.map((one) => (
                      <li key={one.id} className="border-b last:border-b-0">
                        <Link
                          href={`/contacts/imports/${one.id}`}
                          className="flex h-11 items-center gap-2 px-4 hover:bg-muted focus-visible:-outline-offset-2"
                        >
                          <span className="min-w-0 flex-1 truncate">{one.fileName}</span>
                          <Badge tone={STATE_TONE[one.state]}>{t.imports.states[one.state]}</Badge>
                          <span className="w-20 text-right text-xs text-muted-foreground">
                            {t.common.rows(one.rowsTotal)}
                          </span>
                        </Link>
                      </li>
                    ))}
                  </ul>
                </Card>
              </Section>
            )}
          </div>
          {quota.data && (
            <div className="lg:col-span-2">
              <Section
                title={t.overview.quota(Number(quota.data.month.slice(5, 7)))}
                href="/settings/quota"
                link={t.overview.quotaPage}
              >
                <Card className="px-4 py-4">
                  <StackedBar
                    label={t.overview.quota(Number(quota.data.month.slice(5, 7)))}
                    max={quota.data.limit}
                    parts={[
                      { key: "used", value: quota.data.used, tone: "brand" },
                      { key: "reserved", value: quota.data.reserved, tone: "hatched" },
                    ]}
                  />
                  <p className="mt-3 flex flex-wrap gap-x-6 text-xs text-muted-foreground">
                    {[
                      [t.overview.quotaSent, quota.data.used],
                      [t.overview.quotaReserved, quota.data.reserved],
                      [t.overview.quotaLeft, quota.data.remaining],
                    ].map(([label, value]) => (
                      <span key={label}>
                        {label} <b className="font-semibold text-foreground">{f.num(Number(value))}</b>
                      </span>
                    ))}
                    <span>{t.shell.quotaOf(quota.data.used + quota.data.reserved, quota.data.limit)}</span>
                  </p>
                  {quota.data.notices.slice(-1).map((notice) => (
                    <p
                      key={notice.percent}
                      role="status"
                      className={notice.percent === 100 ? "mt-2 text-destructive" : "mt-2 text-warning"}
                    >
                      {t.server.quotaNotice(notice.percent, notice.message)}
                    </p>
                  ))}
                </Card>
              </Section>
            </div>
          )}
        </div>
      </div>
    </div>
  );
}
