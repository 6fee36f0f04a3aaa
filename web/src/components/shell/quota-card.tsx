"use client";

import { useQuota } from "@/features/session/queries";
import { useFormat, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { StackedBar } from "../ui/progress";
import { Skeleton } from "../ui/states";

/** How much of the month is used up, on every page: nobody should meet the limit at the moment of sending. */
export function QuotaCard({ onOpen }: { onOpen?: () => void }) {
  const t = useT();
  const f = useFormat();
  const quota = useQuota().data;
  if (!quota) {
    return (
      <div className="rounded-lg border bg-card p-2.5 shadow-card">
        <Skeleton className="h-4 w-24" />
        <Skeleton className="mt-2 h-1 w-full" />
        <Skeleton className="mt-2 h-4 w-28" />
      </div>
    );
  }
  const month = Number(quota.month.slice(5, 7));
  const used = quota.used + quota.reserved;
  const share = quota.limit ? f.percent(used, quota.limit, 0) : "";
  const tight = quota.limit !== null && used >= quota.limit * 0.9;
  return (
    <Link
      href="/settings/quota"
      onClick={onOpen}
      className="press block rounded-lg border bg-card p-2.5 shadow-card hover:border-border-strong"
    >
      <p className="flex items-center justify-between text-xs">
        <span className="text-muted-foreground">{t.shell.quota(month)}</span>
        <b className="font-semibold">{share}</b>
      </p>
      {quota.limit !== null && (
        <StackedBar
          label={t.shell.quotaLabel(month, share)}
          max={quota.limit}
          parts={[{ key: "used", value: used, tone: tight ? "warning" : "brand" }]}
          className="my-2 h-1"
        />
      )}
      <p className="text-xs text-muted-foreground">
        {quota.limit === null ? t.shell.quotaNone(used) : t.shell.quotaOf(used, quota.limit)}
      </p>
    </Link>
  );
}
