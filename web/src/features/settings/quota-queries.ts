"use client";

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/client";
import { usePollWhenOffline } from "@/lib/live";

/** Everything under "quota" is read again when the server says that units moved. */
export function useQuotaMonth(month: string | null) {
  return useQuery({
    queryKey: ["quota", "month", month],
    queryFn: ({ signal }) => http.get("/api/quota/month", { query: { month }, signal }),
    refetchInterval: usePollWhenOffline(10_000),
  });
}

export function useQuotaMonths() {
  return useQuery({
    queryKey: ["quota", "months"],
    queryFn: ({ signal }) => http.get("/api/quota/months", { signal }),
    select: (page) => page.items,
  });
}

export function useQuotaSends(month: string | null) {
  return useInfiniteQuery({
    queryKey: ["quota", "sends", month],
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/quota/sends", { query: { month, cursor: pageParam, limit: 20 }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

export interface EntryFilter {
  month: string | null;
  sendId: string | null;
  campaignId: string | null;
}

export function useQuotaEntries({ month, sendId, campaignId }: EntryFilter) {
  return useInfiniteQuery({
    queryKey: ["quota", "entries", month, sendId, campaignId],
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/quota/entries", {
        query: { month, sendId, campaignId, cursor: pageParam, limit: 30 },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

export function useChangeLimit() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (limit: number) => http.patch("/api/quota", { limit }),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["quota"] }),
  });
}
