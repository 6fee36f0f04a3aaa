"use client";

import { useState } from "react";
import { http } from "@/api/client";
import { Badge, Dot, type DotTone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { Select } from "@/components/ui/field";
import { Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { type LogFilters, useAct, useLogs } from "./queries";
import { useWords } from "./words";

const TONES: Record<string, DotTone> = {
  pending: "brand",
  sent: "brand",
  delivered: "success",
  failed: "danger",
  skipped: "muted",
};

// What somebody looks for: what can be mended first. A message's own reasons (a carrier's code) aren't listed.
const REASONS = [
  "no_phone",
  "missing_variable",
  "template_not_ready",
  "needs_approval",
  "unlawful",
  "cooldown",
  "condition_changed",
  "phone_changed",
  "record_deleted",
  "suppressed",
  "too_late",
  "not_after",
  "record_rate",
  "link_rate",
  "link_off",
  "link_deleted",
  "too_long",
  "not_encodable",
];

interface Props {
  filters: LogFilters;
  onFilter?: (changes: Partial<LogFilters>) => void;
  mayRun: boolean;
  mayExport?: boolean;
}

/** What rules did, newest first, and why something didn't go out. */
export function LogList({ filters, onFilter, mayRun, mayExport }: Props) {
  const t = useWords();
  const f = useFormat();
  const errorText = useErrorText();
  const logs = useLogs(filters);
  const retry = useAct((id: string) =>
    http.post("/api/alimtalk/logs/{log_id}/retry", undefined, { path: { log_id: id } }),
  );
  const items = logs.data?.pages.flatMap((page) => page.items) ?? [];
  const mendable = items.filter((one) => one.mayRetry);
  const [asking, setAsking] = useState(false);
  // One after the other, each in its own transaction: what can't go stays where it is and says why.
  const all = useAct(async (ids: string[]) => {
    let sent = 0;
    for (const id of ids)
      await http
        .post("/api/alimtalk/logs/{log_id}/retry", undefined, { path: { log_id: id } })
        .then((line) => (sent += Number(line.status === "pending")))
        .catch(() => undefined);
    return sent;
  });
  const asked = new URLSearchParams(
    Object.entries(filters).filter((one): one is [string, string] => Boolean(one[1])),
  ).toString();
  return (
    <section aria-label={t.log} className="px-5 py-4">
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="mr-auto font-semibold">{t.log}</h2>
        {onFilter && (
          <>
            <div className="w-32">
              <Select
                aria-label={t.typeFilter}
                value={filters.triggerType}
                onChange={(event) => onFilter({ triggerType: event.target.value })}
              >
                <option value="">{t.allTypes}</option>
                {Object.entries(t.types).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            </div>
            <div className="w-32">
              <Select
                aria-label={t.statusFilter}
                value={filters.status}
                onChange={(event) => onFilter({ status: event.target.value })}
              >
                <option value="">{t.allStates}</option>
                {Object.entries(t.states).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            </div>
            <div className="w-40">
              <Select
                aria-label={t.reasonFilter}
                value={filters.reason ?? ""}
                onChange={(event) => onFilter({ reason: event.target.value })}
              >
                <option value="">{t.allReasons}</option>
                {REASONS.map((value) => (
                  <option key={value} value={value}>
                    {t.reasons[value] ?? value}
                  </option>
                ))}
              </Select>
            </div>
            {filters.linkId && (
              <Button variant="ghost" onClick={() => onFilter({ linkId: "" })}>
                {t.allRules}
              </Button>
            )}
          </>
        )}
        {mayRun && mendable.length > 1 && (
          <Button busy={all.isPending} onClick={() => setAsking(true)}>
            {t.retryAll(f.num(mendable.length))}
          </Button>
        )}
        {mayExport && (
          <Button asChild>
            <a href={`/api/alimtalk/logs.xlsx?${asked}`} download>
              {t.export}
            </a>
          </Button>
        )}
      </div>
      {logs.isError && <Failure title={t.logFailed} error={logs.error} onRetry={() => void logs.refetch()} />}
      {logs.isPending && <Skeleton className="mt-3 h-16" />}
      {logs.data && items.length === 0 && <p className="mt-2 text-muted-foreground">{t.logNone}</p>}
      <ul className="mt-2">
        {items.map((one) => (
          <li
            key={one.id}
            className="flex min-h-9 flex-wrap items-center gap-x-3 border-b py-1 last:border-b-0"
          >
            <span className="tabular w-32 text-xs text-muted-foreground">{f.dateTime(one.createdAt)}</span>
            <b className="w-28 truncate font-medium">{one.title}</b>
            <span className="w-40 truncate text-muted-foreground">{one.linkName}</span>
            <Badge tone={one.triggerType === "repeat" ? "brand" : "neutral"}>
              {t.types[one.triggerType]}
              {one.repeatNo ? ` ${one.repeatNo}` : ""}
            </Badge>
            <span className="flex items-center gap-1.5">
              <Dot tone={TONES[one.status] ?? "muted"} />
              {t.states[one.status]}
            </span>
            <span className="text-xs text-muted-foreground">
              {one.reason && (t.reasons[one.reason] ?? one.reason)}
              {one.status === "skipped" && one.tries > 1 && ` ×${f.num(one.tries)}`}
            </span>
            {mayRun && one.mayRetry && (
              <Button
                size="sm"
                className="ml-auto"
                busy={retry.isPending && retry.variables === one.id}
                onClick={() =>
                  retry.mutate(one.id, {
                    onSuccess: () => toast(t.retried),
                    onError: (error) => toast(errorText(error), { tone: "error" }),
                  })
                }
              >
                {t.retry}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {logs.hasNextPage && (
        <Button className="mt-3" busy={logs.isFetchingNextPage} onClick={() => void logs.fetchNextPage()}>
          {t.logMore}
        </Button>
      )}
      {asking && (
        <Confirm
          open
          onOpenChange={() => setAsking(false)}
          title={t.retryAllTitle(f.num(mendable.length))}
          action={t.retry}
          busy={all.isPending}
          onConfirm={() =>
            all.mutate(
              mendable.map((one) => one.id),
              {
                onSuccess: (sent) => {
                  toast(t.retriedAll(f.num(sent), f.num(mendable.length - sent)));
                  setAsking(false);
                },
              },
            )
          }
        >
          {t.retryAllHint}
        </Confirm>
      )}
    </section>
  );
}
