"use client";

import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { http } from "@/api/client";
import type { Pair } from "@/api/types";
import { useAfterPaint } from "@/lib/hooks";
import type { Decision } from "./work";

const PAGE = 50;

/** A page of the queue is read once and worked off: an answer must not make the list jump under the hand. */
export function usePairs(group: Pair["group"] | null, contactId: string | null) {
  return useInfiniteQuery({
    queryKey: ["duplicates", "list", group, contactId],
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/duplicates", {
        query: {
          group: group ?? undefined,
          contactId: contactId ?? undefined,
          cursor: pageParam ?? undefined,
          limit: PAGE,
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

/** How many are left, for the navigation and the head of the page. */
export function useDuplicateCounts() {
  return useQuery({
    queryKey: ["duplicate-counts"],
    queryFn: ({ signal }) => http.get("/api/duplicates/counts", { signal }),
    enabled: useAfterPaint(),
    staleTime: 30_000,
  });
}

export interface Choice {
  survivorId: string;
  fields: Record<string, string>;
}

export function useAnswers() {
  const client = useQueryClient();
  const settle = useCallback(() => {
    void client.invalidateQueries({ queryKey: ["duplicate-counts"] });
    void client.invalidateQueries({ queryKey: ["contacts"] });
    void client.invalidateQueries({ queryKey: ["contact"] });
  }, [client]);
  const resolve = useCallback(
    (id: string, decision: Decision, choice: Choice) =>
      http
        .post(
          "/api/duplicates/{pair_id}/resolve",
          { decision, ...(decision === "merge" ? choice : { fields: {} }) },
          { path: { pair_id: id } },
        )
        .finally(settle),
    [settle],
  );
  const undo = useCallback(
    (id: string) =>
      http.post("/api/duplicates/{pair_id}/undo", undefined, { path: { pair_id: id } }).finally(settle),
    [settle],
  );
  return { resolve, undo };
}
