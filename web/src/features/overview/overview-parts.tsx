"use client";

import { ArrowRight, ChevronRight, CircleHelp, FileUp, PenLine, Radio, Smartphone } from "lucide-react";
import type { ReactNode } from "react";
import type { Campaign } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useFormat, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { OutcomeBar } from "../campaigns/outcome-bar";
import { useProgress } from "../campaigns/queries";
import { CampaignStateBadge } from "../campaigns/state-badge";

export function Section({
  title,
  count,
  href,
  link,
  children,
}: {
  title: string;
  count?: number;
  href?: string;
  link?: string;
  children: ReactNode;
}) {
  return (
    <section>
      <header className="mb-2.5 flex items-center gap-2">
        <h2 className="font-semibold">{title}</h2>
        {count !== undefined && <span className="text-muted-foreground">{count}</span>}
        {href && link && (
          <Link
            href={href}
            className="ml-auto flex items-center gap-0.5 rounded-sm text-xs text-muted-foreground hover:text-foreground"
          >
            {link}
            <ChevronRight aria-hidden className="size-3.5" />
          </Link>
        )}
      </header>
      {children}
    </section>
  );
}

export function RunningRow({ campaign }: { campaign: Campaign }) {
  const t = useT();
  const f = useFormat();
  const progress = useProgress(campaign.id, campaign.state).data;
  const counts = progress?.counts ?? campaign.counts ?? {};
  const audience = progress?.audience ?? campaign.audience ?? 0;
  const settled = audience - (counts.queued ?? 0) - (counts.sending ?? 0);
  return (
    <li className="border-b px-4 py-3.5 last:border-b-0">
      <div className="mb-2.5 flex flex-wrap items-center gap-2">
        <Radio aria-hidden className="size-4 text-brand-fg" />
        <Link href={`/campaigns/${campaign.id}`} className="min-w-0 truncate font-medium hover:underline">
          {campaign.name}
        </Link>
        <Badge className="max-md:hidden">
          {t.campaigns.classes[campaign.messageClass] ?? campaign.messageClass}
        </Badge>
        <span className="ml-auto text-xs text-muted-foreground">
          {progress?.etaSeconds != null
            ? t.monitor.left(f.duration(progress.etaSeconds))
            : t.monitor.measuring}
        </span>
        <Button asChild size="sm">
          <Link href={`/campaigns/${campaign.id}`}>{t.overview.open}</Link>
        </Button>
      </div>
      <OutcomeBar label={campaign.name} counts={counts} audience={audience} />
      <p className="mt-2 flex gap-5 text-xs text-muted-foreground">
        <span>
          <b className="font-semibold text-foreground">{f.num(settled)}</b> {t.monitor.of(f.num(audience))}
        </span>
        <span>
          {t.overview.reached}{" "}
          <b className="font-semibold text-success">{f.percent(counts.delivered ?? 0, audience)}</b>
        </span>
        {(counts.failed ?? 0) > 0 && (
          <span>
            {t.overview.failed} <b className="font-semibold text-destructive">{f.num(counts.failed ?? 0)}</b>
          </span>
        )}
        {progress && (
          <span className="ml-auto">{t.overview.perSecond(f.num(Math.round(progress.rate)))}</span>
        )}
      </p>
    </li>
  );
}

/** Somebody waits for a word of ours: louder than what runs by itself. */
export function UncertainRow({ people }: { people: number }) {
  const t = useT();
  const f = useFormat();
  return (
    <section className="flex flex-wrap items-center gap-3 rounded-lg bg-warning-soft px-4 py-3">
      <CircleHelp aria-hidden className="size-4 shrink-0 text-warning" />
      <p className="min-w-0 flex-1">
        <b className="block font-semibold">{t.overview.attention(f.num(people))}</b>
        <span>{t.overview.attentionHint}</span>
      </p>
      <Button asChild className="max-md:h-11">
        <Link href="/sends/uncertain">{t.monitor.decideUncertain}</Link>
      </Button>
    </section>
  );
}

export function CampaignRow({
  campaign,
  now,
  action,
  primary,
}: {
  campaign: Campaign;
  now: number;
  action?: string;
  primary?: boolean;
}) {
  const t = useT();
  const f = useFormat();
  const when = campaign.schedule?.at;
  return (
    <li className="flex items-center gap-3 border-b px-4 py-3 last:border-b-0">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          <Link href={`/campaigns/${campaign.id}`} className="min-w-0 truncate font-medium hover:underline">
            {campaign.name}
          </Link>
          <Badge className="max-md:hidden">
            {t.campaigns.classes[campaign.messageClass] ?? campaign.messageClass}
          </Badge>
          {!action && <CampaignStateBadge state={campaign.state} />}
        </p>
        <p className="text-xs text-muted-foreground">
          {[
            when ? f.dateTime(when) : now > 0 && f.ago(campaign.launchedAt ?? campaign.createdAt, now),
            campaign.audience ? t.common.people(campaign.audience) : null,
          ]
            .filter(Boolean)
            .join(" · ")}
        </p>
      </div>
      {campaign.counts && !action && (
        <OutcomeBar
          label={campaign.name}
          counts={campaign.counts}
          audience={campaign.audience ?? 0}
          className="w-40 max-md:hidden"
        />
      )}
      {action && (
        <Button asChild variant={primary ? "primary" : "outline"}>
          <Link href={`/campaigns/${campaign.id}`}>
            {action}
            {primary && <ArrowRight aria-hidden />}
          </Link>
        </Button>
      )}
    </li>
  );
}

export function FirstSteps() {
  const t = useT();
  const steps = [
    { key: "import", href: "/contacts/imports?new=1", icon: FileUp },
    { key: "compose", href: "/campaigns/new", icon: PenLine },
    { key: "rehearse", href: "/phones", icon: Smartphone },
  ] as const;
  return (
    <Section title={t.overview.startTitle}>
      <ol className="grid gap-3 md:grid-cols-3">
        {steps.map(({ key, href, icon: Icon }, index) => (
          <li key={key}>
            <Link
              href={href}
              className="press flex h-full flex-col gap-3 rounded-lg border bg-card p-4 shadow-card hover:border-border-strong"
            >
              <span className="flex size-9 items-center justify-center rounded-lg bg-brand-soft text-brand-fg">
                <Icon aria-hidden className="size-4.5" />
              </span>
              <span>
                <span className="block font-medium">
                  {index + 1}. {t.overview.start[key].title}
                </span>
                <span className="block text-xs text-muted-foreground">{t.overview.start[key].hint}</span>
              </span>
            </Link>
          </li>
        ))}
      </ol>
    </Section>
  );
}
