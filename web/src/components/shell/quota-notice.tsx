"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Gauge, X } from "lucide-react";
import { http } from "@/api/client";
import type { Quota } from "@/api/types";
import { useWords } from "@/features/settings/words";
import { Rich, useFormat, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { cn } from "@/lib/utils";
import { Button } from "../ui/button";

/**
 * One quiet line for whoever may change the limit, once per threshold; the server remembers who has seen it. At 100 % it says
 * what waits. Fetched when it is needed, so that no page carries it for nothing.
 */
export function QuotaNotice({ quota, percent }: { quota: Quota; percent: number }) {
  const t = useT();
  const f = useFormat();
  const n = useWords().notice;
  const client = useQueryClient();
  const full = percent === 100;
  const waiting = quota.waitingPeople;
  const seen = useMutation({
    mutationFn: () => http.post("/api/quota/notices/seen", { percent: full ? 100 : percent >= 90 ? 90 : 70 }),
    // Gone at the click; should it fail, it comes back with the next look at the limit.
    onMutate: () =>
      client.setQueryData<Quota>(["quota"], (now) =>
        now ? { ...now, notices: now.notices.map((one) => ({ ...one, seen: true })) } : now,
      ),
    onSettled: () => void client.invalidateQueries({ queryKey: ["quota"] }),
  });
  const taken = f.num(quota.used + quota.reserved);
  const limit = f.num(quota.limit);
  return (
    <section
      aria-label={n.label}
      className={cn(
        "flex min-h-10 items-center gap-2 border-b px-5 py-1 text-sm max-md:px-3",
        full ? "bg-danger-soft text-destructive" : "bg-warning-soft text-warning",
      )}
    >
      <Gauge aria-hidden className="size-4 shrink-0" />
      <p role="status" className="min-w-0 flex-1 [&_b]:text-inherit">
        <Rich
          text={full ? n.full(limit, waiting > 0 ? f.num(waiting) : "") : n.near(percent, taken, limit)}
        />
      </p>
      <Button asChild size="sm" className="max-md:h-11">
        <Link href="/settings/quota">{full ? n.raise : n.look}</Link>
      </Button>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label={n.dismiss}
        title={t.common.close}
        onClick={() => seen.mutate()}
        className="text-inherit max-md:size-11"
      >
        <X aria-hidden />
      </Button>
    </section>
  );
}
