"use client";

import { useQuery } from "@tanstack/react-query";
import { BellOff } from "lucide-react";
import { http } from "@/api/client";
import { useFormat, useT } from "@/lib/i18n";

/** Who refused while it ran, and the longest time after a refusal at which a message still went out; not a word without any. */
export function RefusalsLine({ id, live }: { id: string; live: boolean }) {
  const t = useT();
  const f = useFormat();
  const found = useQuery({
    queryKey: ["campaign", id, "refusals", live],
    queryFn: ({ signal }) =>
      http.get("/api/campaigns/{campaign_id}/refusals", { path: { campaign_id: id }, signal }),
    refetchInterval: live ? 15_000 : false,
  }).data;
  if (!found?.during) return null;
  const { refusals } = t.monitor;
  return (
    <p>
      <BellOff aria-hidden className="mr-1.5 inline size-4 align-text-bottom text-muted-foreground" />
      {refusals.during(f.num(found.during), f.num(found.stopped))}{" "}
      {found.longestSeconds === null
        ? refusals.none
        : refusals.longest(f.num(found.after), found.longestSeconds.toFixed(1))}
    </p>
  );
}
