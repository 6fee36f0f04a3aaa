"use client";

import { useQueries } from "@tanstack/react-query";
import { useEffect } from "react";
import { http } from "@/api/client";
import { useMe } from "@/features/session/queries";
import { type Followed, unfollow, useFollowed } from "@/lib/followed";
import { useFormat, useT } from "@/lib/i18n";
import { usePollWhenOffline } from "@/lib/live";
import { Link, usePath } from "@/lib/router";
import { StackedBar } from "../ui/progress";

interface Work {
  href: string;
  name: string;
  done: number;
  total: number;
  active: boolean;
}

async function ask(work: Followed, signal: AbortSignal): Promise<Work> {
  if (work.kind === "import") {
    const one = await http.get("/api/imports/{import_id}", { path: { import_id: work.id }, signal });
    return {
      href: `/contacts/imports/${work.id}`,
      name: one.fileName,
      done: one.rowsDone,
      total: one.rowsTotal,
      active: one.state === "running",
    };
  }
  const path = { campaign_id: work.id };
  const [campaign, progress] = await Promise.all([
    http.get("/api/campaigns/{campaign_id}", { path, signal }),
    http.get("/api/campaigns/{campaign_id}/progress", { path, signal }),
  ]);
  const { queued = 0, sending = 0 } = progress.counts;
  const waiting = queued + sending;
  return {
    href: `/campaigns/${work.id}`,
    name: campaign.name,
    done: progress.audience - waiting,
    total: progress.audience,
    active: ["launching", "running", "paused", "held"].includes(progress.state),
  };
}

/** Long work goes on when its page is closed or reloaded; here it stays in sight until it is over. */
export function RunningWork() {
  const t = useT();
  const f = useFormat();
  const path = usePath();
  const tenantId = useMe().data?.tenantId;
  const poll = usePollWhenOffline(3000);
  const followed = useFollowed().filter((work) => work.tenantId === tenantId);
  const answers = useQueries({
    queries: followed.map((work) => ({
      queryKey: [work.kind, work.id, "followed"],
      queryFn: ({ signal }: { signal: AbortSignal }) => ask(work, signal),
      refetchInterval: poll,
      retry: false,
    })),
  });
  useEffect(() => {
    answers.forEach((answer, index) => {
      const work = followed[index];
      if (work && (answer.isError || answer.data?.active === false)) unfollow(work.id);
    });
  });
  const shown = answers.flatMap((a) => (a.data?.active && a.data.href !== path ? [a.data] : []));
  if (shown.length === 0) return null;
  return (
    <section aria-label={t.shell.running} className="flex flex-col gap-1">
      {shown.map((work) => (
        <Link
          key={work.href}
          href={work.href}
          className="press block rounded-lg border bg-card p-2.5 shadow-card hover:border-border-strong"
        >
          <span className="flex items-center gap-2 text-xs">
            <span className="min-w-0 flex-1 truncate text-muted-foreground">{work.name}</span>
            <b className="font-semibold">{f.percent(work.done, work.total, 0)}</b>
          </span>
          <StackedBar
            label={work.name}
            max={work.total}
            parts={[{ key: "done", value: work.done, tone: "brand" }]}
            className="mt-2 h-1"
          />
        </Link>
      ))}
    </section>
  );
}
