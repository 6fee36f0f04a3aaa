"use client";

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/client";
import type { Import, ImportStart, Uploaded } from "@/api/types";
import { useLive } from "@/lib/live";

export function useImports() {
  return useInfiniteQuery({
    queryKey: ["imports", "list"],
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/imports", { query: { cursor: pageParam, limit: 30 }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

export function useImport(id: string | null) {
  const live = useLive();
  return useQuery({
    queryKey: ["import", id],
    queryFn: ({ signal }) => http.get("/api/imports/{import_id}", { path: { import_id: id ?? "" }, signal }),
    enabled: id !== null,
    staleTime: 0,
    // While rows go in, the numbers should move even between two pieces of news.
    refetchInterval: (query) =>
      query.state.data?.state === "running" ? (live === "open" ? 1000 : 700) : false,
  });
}

/** The preview is part of the upload's answer only; it is kept in memory and never written down. */
export function uploadKey(id: string) {
  return ["import", id, "upload"] as const;
}

export function useUploaded(id: string): Uploaded | undefined {
  return useQueryClient().getQueryData<Uploaded>(uploadKey(id));
}

function useImportChange<V>(run: (value: V) => Promise<Import>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSettled: (one) => {
      if (one) client.setQueryData(["import", one.id], one);
      void client.invalidateQueries({ queryKey: ["imports"] });
      void client.invalidateQueries({ queryKey: ["contacts"] });
    },
  });
}

export function useStartImport(id: string) {
  return useImportChange((body: ImportStart) =>
    http.post("/api/imports/{import_id}/start", body, { path: { import_id: id } }),
  );
}

export function useCancelImport(id: string) {
  return useImportChange(() =>
    http.post("/api/imports/{import_id}/cancel", undefined, { path: { import_id: id } }),
  );
}
