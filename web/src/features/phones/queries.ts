"use client";

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/client";

export function useHandsets(q: string) {
  return useInfiniteQuery({
    queryKey: ["phones", "list", q],
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/phones", { query: { q, cursor: pageParam, limit: 50 }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    // The simulator is another server: its news does not come over our event stream.
    refetchInterval: 3000,
    retry: false,
  });
}

export function useHandset(id: string | null) {
  return useQuery({
    queryKey: ["phones", id],
    queryFn: ({ signal }) =>
      http.get("/api/phones/{thread}/messages", { path: { thread: id ?? "" }, signal }),
    enabled: id !== null,
    refetchInterval: 2000,
  });
}

function useAsPerson<V>(id: string, run: (value: V) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: () => void client.invalidateQueries({ queryKey: ["phones", id] }),
  });
}

export function useReply(id: string) {
  return useAsPerson(id, (text: string) =>
    http.post("/api/phones/{thread}/reply", { text }, { path: { thread: id } }),
  );
}

/** What a person does who has had enough: they call the free 080 number. */
export function useOptOut(id: string) {
  return useAsPerson(id, () =>
    http.post("/api/phones/{thread}/opt-out", undefined, { path: { thread: id } }),
  );
}
