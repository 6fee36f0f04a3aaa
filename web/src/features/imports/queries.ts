"use client";

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/client";
import type { DraftChange, Forecast, Import, ImportDetail, ImportStart } from "@/api/types";
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

const keyOf = (id: string | null) => ["import", id] as const;

export function useImport(id: string | null) {
  const live = useLive();
  return useQuery({
    queryKey: keyOf(id),
    queryFn: ({ signal }) => http.get("/api/imports/{import_id}", { path: { import_id: id ?? "" }, signal }),
    enabled: id !== null,
    staleTime: 0,
    // While rows go in or are counted, the numbers should move even between two pieces of news.
    refetchInterval: ({ state }) =>
      state.data?.state === "running" || state.data?.forecast?.state === "counting"
        ? live === "open"
          ? 1000
          : 700
        : false,
  });
}

/** Another encoding, other sheets, another mapping. The answer is the screen; a forecast of what was is dropped. */
export function useChangeImport(id: string) {
  const client = useQueryClient();
  return useMutation({
    scope: { id: `import ${id}` }, // one after the other: the last choice must win
    mutationFn: (body: DraftChange) =>
      http.patch("/api/imports/{import_id}", body, { path: { import_id: id } }),
    onSuccess: (draft) =>
      client.setQueryData<ImportDetail>(
        keyOf(id),
        (before) => before && { ...before, draft, mapping: draft.mapping, forecast: null },
      ),
    // A second tab may have started or changed it: whatever is true now is shown.
    onError: () => client.invalidateQueries({ queryKey: keyOf(id) }),
  });
}

/** Asks the server to count; the figures come with the import when they are there. */
export function useAskForecast(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (how: Pick<ImportStart, "policy" | "askNameless">) =>
      http.post("/api/imports/{import_id}/dry-run", how, { path: { import_id: id }, query: { wait: 0 } }),
    onSuccess: (forecast: Forecast) =>
      client.setQueryData<ImportDetail>(keyOf(id), (before) => before && { ...before, forecast }),
  });
}

export function useReport(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ["import", id, "report"],
    queryFn: ({ signal }) => http.get("/api/imports/{import_id}/report", { path: { import_id: id }, signal }),
    enabled,
  });
}

export function useRecent(id: string) {
  return useQuery({
    queryKey: ["import", id, "recent"],
    queryFn: ({ signal }) => http.get("/api/imports/{import_id}/recent", { path: { import_id: id }, signal }),
    refetchInterval: 1000,
  });
}

function useImportChange<V>(run: (value: V) => Promise<Import>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSettled: (one) => {
      if (one) client.setQueryData<ImportDetail>(keyOf(one.id), (before) => before && { ...before, ...one });
      void client.invalidateQueries({ queryKey: ["imports"] });
      void client.invalidateQueries({ queryKey: ["import"] });
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
  return useImportChange((undo: boolean) =>
    http.post("/api/imports/{import_id}/cancel", { undo }, { path: { import_id: id } }),
  );
}
