"use client";

import { X } from "lucide-react";
import { http } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { cn } from "@/lib/utils";
import { useAct, useDashboard } from "./queries";
import { useWords } from "./words";

/** What goes out next and why it will stop; what was stopped today and why. */
export function AutomationRail({ mayRun }: { mayRun: boolean }) {
  const t = useWords();
  const f = useFormat();
  const dashboard = useDashboard();
  const stop = useAct((id: string) =>
    http.delete("/api/alimtalk/automation/queue/{queue_id}", { path: { queue_id: id } }),
  );
  const data = dashboard.data;
  return (
    <aside
      aria-label={t.next}
      className="flex w-[328px] shrink-0 flex-col gap-4 overflow-y-auto border-l bg-background p-4 max-lg:w-full max-lg:border-l-0"
    >
      <section aria-label={t.next} className="rounded-lg border bg-card">
        <h2 className="flex h-11 items-center gap-2 border-b px-4 font-semibold">
          {t.next}
          <span className="tabular font-normal text-muted-foreground">{data ? f.num(data.waiting) : ""}</span>
        </h2>
        {!data && <Skeleton className="m-4 h-12" />}
        {data?.next.length === 0 && <p className="px-4 py-3 text-muted-foreground">{t.nextNone}</p>}
        <ul>
          {data?.next.map((one) => (
            <li key={one.id} className="flex items-start gap-3 border-b px-4 py-2.5 last:border-b-0">
              <span className="tabular w-24 shrink-0 text-xs text-muted-foreground">
                {f.dateTime(one.nextRunAt)}
              </span>
              <span className="min-w-0 flex-1">
                <b className="block truncate font-medium">{one.title}</b>
                <span className="block truncate text-xs text-muted-foreground">
                  {one.reason === "quiet_hours" ? t.quiet : one.linkName}
                </span>
                {one.maxRepeat && one.kind === "repeat" ? (
                  <span
                    role="img"
                    aria-label={t.nth(one.repeatCount + 1, one.maxRepeat)}
                    className="mt-1 flex items-center gap-0.5"
                  >
                    {Array.from({ length: one.maxRepeat }, (_, n) => (
                      <i
                        // biome-ignore lint/suspicious/noArrayIndexKey: pills of one row
                        key={n}
                        className={cn(
                          "h-1 w-2 rounded-full",
                          n <= one.repeatCount ? "bg-brand" : "bg-border-strong",
                        )}
                      />
                    ))}
                  </span>
                ) : (
                  <span className="text-xs text-muted-foreground">{t.first}</span>
                )}
              </span>
              {mayRun && (
                <Button
                  variant="ghost"
                  size="icon-sm"
                  aria-label={`${one.title} ${t.stopNow}`}
                  onClick={() => stop.mutate(one.id, { onSuccess: () => toast(t.stopped) })}
                >
                  <X />
                </Button>
              )}
            </li>
          ))}
        </ul>
      </section>
      <section aria-label={t.stoppedToday} className="rounded-lg border bg-card">
        <h2 className="flex h-11 items-center border-b px-4 font-semibold">{t.stoppedToday}</h2>
        {data?.stoppedToday.length === 0 && (
          <p className="px-4 py-3 text-muted-foreground">{t.stoppedNone}</p>
        )}
        <ul className="py-1">
          {data?.stoppedToday.map((one) => (
            <li key={String(one.reason)} className="flex justify-between px-4 py-1.5">
              <span>{t.reasons[String(one.reason)] ?? String(one.reason)}</span>
              <b className="tabular font-semibold">{f.num(Number(one.count))}</b>
            </li>
          ))}
        </ul>
      </section>
    </aside>
  );
}
