"use client";

import type { Campaign } from "@/api/types";
import { useNames, useWords } from "./queries";

/** Why it came back: on the draft's own page, before anybody opens the composer to look. */
export function RejectedNote({ campaign }: { campaign: Campaign }) {
  const w = useWords().request;
  const nameOf = useNames();
  const last = campaign.approval;
  if (last?.state !== "rejected") return null;
  return (
    <span className="whitespace-pre-wrap text-warning">
      {w.rejected(nameOf(last.decidedBy), last.reason)}
    </span>
  );
}
