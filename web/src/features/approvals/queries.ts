"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/client";
import type { Campaign } from "@/api/types";
import { usePageWords } from "@/lib/page-words";
import ko, { type Approvals } from "@/messages/ko/approval";

const english = () => import("@/messages/en/approval");

/** The words of approvals. */
export function useWords(): Approvals {
  return usePageWords(ko, english);
}

export function useChangeRule() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (threshold: number | null) => http.patch("/api/settings/approval", { threshold }),
    onSuccess: (rule) => client.setQueryData(["approval-rule"], rule),
  });
}

type Deed =
  | { kind: "request"; digest: string; note: string }
  | { kind: "approve"; digest: string }
  | { kind: "reject"; reason: string };

/** Ask, approve, reject: each answers with the campaign as it is then. */
export function useApprove(id: string) {
  const client = useQueryClient();
  const path = { campaign_id: id };
  return useMutation({
    mutationFn: (deed: Deed): Promise<Campaign> => {
      if (deed.kind === "request") {
        const body = { digest: deed.digest, note: deed.note };
        return http.post("/api/campaigns/{campaign_id}/request-approval", body, { path });
      }
      return deed.kind === "approve"
        ? http.post("/api/campaigns/{campaign_id}/approve", { digest: deed.digest }, { path })
        : http.post("/api/campaigns/{campaign_id}/reject", { reason: deed.reason }, { path });
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["campaign", id] });
      void client.invalidateQueries({ queryKey: ["campaigns"] });
    },
  });
}

/** Names by id; whoever has left is "a member". */
export function useNames(): (id: string | null | undefined) => string {
  const words = useWords();
  const members = useQuery({
    queryKey: ["members"],
    queryFn: ({ signal }) => http.get("/api/members", { signal }),
    staleTime: 60_000,
  });
  return (id) => members.data?.items.find((one) => one.id === id)?.name || words.someone;
}
