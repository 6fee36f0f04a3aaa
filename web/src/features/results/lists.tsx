"use client";

import { ShieldCheck, TriangleAlert } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { useFormat, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { useReasonText } from "../campaigns/reasons";
import { type Results, useResultWords } from "./queries";

export function FailuresCard({ found }: { found: Results }) {
  const w = useResultWords();
  const f = useFormat();
  const reason = useReasonText();
  const failed = found.failures.reduce((sum, one) => sum + one.people, 0);
  return (
    <Card>
      <CardHead
        title={w.failures}
        hint={failed > 0 && `${w.people(failed)} · ${f.percent(failed, found.funnel.sent)}`}
      />
      {failed === 0 ? (
        <p className="px-4 py-8 text-center text-muted-foreground">{w.noFailures}</p>
      ) : (
        <ul aria-label={w.failures}>
          {found.failures.map((one) => (
            <li
              key={`${one.code}${one.channel}${one.failureClass}`}
              className="flex items-center gap-3 border-b px-4 py-2.5 last:border-b-0"
            >
              <span className="min-w-0 flex-1">
                <span className="block font-medium">{reason(one.code, one.label)}</span>
                <span className="block text-xs text-muted-foreground">{one.advice}</span>
              </span>
              <span className="w-24 shrink-0 text-right">
                <b className="font-semibold">{f.num(one.people)}</b>{" "}
                <span className="text-xs text-muted-foreground">{f.percent(one.people, failed, 0)}</span>
                <span aria-hidden className="mt-1 block h-1 rounded-full bg-secondary">
                  <span
                    className="block h-1 rounded-full bg-foreground/60"
                    style={{ width: f.percent(one.people, failed) }}
                  />
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

export function MissedCard({ found }: { found: Results }) {
  const w = useResultWords();
  const t = useT();
  const f = useFormat();
  const reason = useReasonText();
  return (
    <Card>
      <CardHead
        title={w.missed}
        hint={w.missedHint(found.outcome.notReached)}
        actions={
          found.missed.length > 0 && (
            <Button asChild size="sm" variant="ghost" className="max-md:h-11">
              <Link href={`/campaigns/${found.campaignId}`}>{w.who}</Link>
            </Button>
          )
        }
      />
      {found.missed.length === 0 ? (
        <p className="px-4 py-8 text-center text-muted-foreground">{w.noMissed}</p>
      ) : (
        <ul aria-label={w.missed}>
          {found.missed.map((one) => (
            <li
              key={`${one.state}${one.reason}`}
              className="flex items-center gap-3 border-b px-4 py-2 last:border-b-0"
            >
              <Badge tone="outline">{t.campaigns.messageStates[one.state] ?? one.state}</Badge>
              <span className="min-w-0 flex-1">
                <Link
                  href={`/campaigns/${found.campaignId}?${new URLSearchParams({ state: one.state, ...(one.reason && { reason: one.reason }) })}`}
                  className="font-medium underline-offset-2 hover:underline"
                >
                  {one.reason ? reason(one.reason, one.label) : t.campaigns.messageStates[one.state]}
                </Link>{" "}
                <span className="text-xs text-muted-foreground">{t.campaigns.advice[one.reason]}</span>
              </span>
              <b className="font-semibold">{f.num(one.people)}</b>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

export function MissentCard({ found }: { found: Results }) {
  const w = useResultWords();
  const { missent } = found;
  const Icon = missent.people === 0 ? ShieldCheck : TriangleAlert;
  // Three places: the aim is one in a thousand, and 0.0 % would hide what matters.
  const rate = missent.rate === null ? "–" : `${(100 * missent.rate).toFixed(3)}%`;
  const rows = [
    [w.twice, missent.twice],
    [w.refused, missent.refused],
    [w.outside, missent.outside],
  ] as const;
  return (
    <Card>
      <CardHead title={w.missent} hint={w.missentHint} />
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3">
        <p className="flex items-center gap-2">
          <Icon
            aria-hidden
            className={missent.people === 0 ? "size-4 text-success" : "size-4 text-destructive"}
          />
          <b className="text-lg font-semibold">{w.people(missent.people)}</b>
          <span className="text-muted-foreground">{w.missentRate(rate)}</span>
        </p>
        <dl className="ml-auto flex flex-wrap gap-x-5 gap-y-1 text-xs max-md:ml-0">
          {rows.map(([label, count]) => (
            <div key={label} className="flex gap-1.5">
              <dt className="text-muted-foreground">{label}</dt>
              <dd className="font-medium">{w.people(count)}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Card>
  );
}
