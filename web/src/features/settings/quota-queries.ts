"use client";

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError, http } from "@/api/client";

/** Nothing was ever sent in that month. */
export function noSuch(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/**
 * Not under "quota": a send that runs says four times a second that units moved, and these read more than a figure. They ask by
 * themselves while somebody looks, at a month that still moves.
 */
export function useQuotaMonth(month: string | null) {
  return useQuery({
    queryKey: ["limits", "month", month],
    queryFn: ({ signal }) => http.get("/api/quota/month", { query: { month }, signal }),
    refetchInterval: ({ state }) => (state.data?.current === false || noSuch(state.error) ? false : 2_000),
  });
}

export function useQuotaMonths() {
  return useQuery({
    queryKey: ["limits", "months"],
    queryFn: ({ signal }) => http.get("/api/quota/months", { signal }),
    select: (page) => page.items,
  });
}

export function useQuotaSends(month: string | null, past: boolean) {
  return useInfiniteQuery({
    queryKey: ["limits", "sends", month],
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/quota/sends", { query: { month, cursor: pageParam, limit: 20 }, signal }),
    refetchInterval: past ? false : 5_000,
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

export interface EntryFilter {
  month: string | null;
  sendId: string | null;
  campaignId: string | null;
}

export function useQuotaEntries({ month, sendId, campaignId }: EntryFilter, past: boolean) {
  return useInfiniteQuery({
    queryKey: ["limits", "entries", month, sendId, campaignId],
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/quota/entries", {
        query: { month, sendId, campaignId, cursor: pageParam, limit: 30 },
        signal,
      }),
    refetchInterval: past ? false : 5_000,
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

export function useChangeLimit() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (limit: number) => http.patch("/api/quota", { limit }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["quota"] });
      void client.invalidateQueries({ queryKey: ["limits"] });
    },
  });
}
