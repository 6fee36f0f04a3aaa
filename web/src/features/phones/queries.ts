"use client";

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { untyped } from "@/api/client";

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** One simulated handset that got something from this tenant. */
export interface Handset {
  id: string;
  name: string;
  phone: string;
  lastText: string;
  lastAt: string;
  count: number;
}

export interface HandsetMessage {
  id: string;
  direction: "in" | "out";
  channel: string;
  from: string;
  text: string;
  at: string;
  state: string | null;
}

export function useHandsets(q: string) {
  return useInfiniteQuery({
    queryKey: ["phones", "list", q],
    queryFn: ({ pageParam, signal }) =>
      untyped.get<Page<Handset>>("/api/phones", { query: { q, cursor: pageParam, limit: 50 }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: 3000,
    retry: false,
  });
}

export function useHandset(id: string | null) {
  return useQuery({
    queryKey: ["phones", id],
    queryFn: ({ signal }) => untyped.get<Page<HandsetMessage>>(`/api/phones/${id}/messages`, { signal }),
    enabled: id !== null,
    refetchInterval: 2000,
  });
}

export function useReply(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (text: string) => untyped.post(`/api/phones/${id}/reply`, { text }),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["phones", id] }),
  });
}
