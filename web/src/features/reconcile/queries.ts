"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { http } from "@/api/client";

/** Not under "campaign": a send that runs says four times a second that something changed, and its books take half a second. */
const EVERY = 10_000;

export function useSendBooks(sendId: string) {
  return useQuery({
    queryKey: ["books", "send", sendId],
    queryFn: ({ signal }) =>
      http.get("/api/sends/{send_id}/reconciliation", { path: { send_id: sendId }, signal }),
    refetchInterval: (query) => (query.state.data?.closed ? false : EVERY),
  });
}

/** Everybody who is open in any send, and the sends of a month. */
export function useAllBooks(month: string | null) {
  return useInfiniteQuery({
    queryKey: ["books", "all", month],
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/reconciliation", { query: { month, cursor: pageParam, limit: 20 }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.sends.nextCursor,
  });
}
