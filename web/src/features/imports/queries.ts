"use client";

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/client";
import type { Forecast, Import, Page } from "@/api/types";
import { useLive } from "@/lib/live";

export function useImports() {
  return useInfiniteQuery({
    queryKey: ["imports", "list"],
    queryFn: ({ pageParam, signal }) =>
      http.get<Page<Import>>("/api/imports", { query: { cursor: pageParam, limit: 30 }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

export function useImport(id: string | null) {
  const live = useLive();
  return useQuery({
    queryKey: ["import", id],
    queryFn: ({ signal }) => http.get<Import>(`/api/imports/${id}`, { signal }),
    enabled: id !== null,
    staleTime: 0,
    // While rows go in, the numbers should move even between two pieces of news.
    refetchInterval: (query) =>
      query.state.data?.state === "running" ? (live === "open" ? 1000 : 700) : false,
  });
}

export interface Start {
  mapping: Record<string, string>;
  policy: "merge" | "skip" | "replace";
  tags: string[];
  basis: string;
  source: string;
}

export function useForecast(id: string, start: Start | null) {
  return useQuery({
    queryKey: ["import", id, "forecast", start],
    queryFn: ({ signal }) => http.post<Forecast>(`/api/imports/${id}/dry-run`, start, { signal }),
    enabled: start !== null,
    retry: false,
    staleTime: 60_000,
  });
}

export function useImportAct(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ act, body }: { act: "start" | "cancel" | "undo"; body?: unknown }) =>
      http.post<Import>(`/api/imports/${id}/${act}`, body ?? {}, { idempotencyKey: crypto.randomUUID() }),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["import", id] });
      void client.invalidateQueries({ queryKey: ["imports"] });
      void client.invalidateQueries({ queryKey: ["contacts"] });
    },
  });
}
