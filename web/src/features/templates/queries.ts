"use client";

import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { type BodyOf, http } from "@/api/client";
import { useDebounced } from "@/lib/hooks";
import { type Form, samples } from "./form";

export interface Filters {
  q: string;
  channel: string;
  state: string;
  /** Null: every folder; "": those in none. */
  folder: string | null;
  archived: boolean;
}

export function useTemplates(filters: Filters) {
  return useInfiniteQuery({
    queryKey: ["templates", "list", filters],
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/templates", {
        query: {
          q: filters.q,
          channel: (filters.channel || null) as "sms" | null,
          state: (filters.state || null) as "draft" | null,
          ...(filters.folder ? { folder: filters.folder } : {}),
          archived: filters.archived,
          cursor: pageParam,
          limit: 50,
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });
}

export function useTemplate(id: string | null) {
  return useQuery({
    queryKey: ["templates", "one", id],
    queryFn: ({ signal }) =>
      http.get("/api/templates/{template_id}", { path: { template_id: id ?? "" }, signal }),
    enabled: id !== null,
  });
}

export function useFolders() {
  return useQuery({
    queryKey: ["templates", "folders"],
    queryFn: ({ signal }) => http.get("/api/templates/folders", { signal }),
  });
}

export function useVersions(id: string) {
  return useQuery({
    queryKey: ["templates", "versions", id],
    queryFn: ({ signal }) =>
      http.get("/api/templates/{template_id}/versions", { path: { template_id: id }, signal }),
  });
}

/** The text as one person would read it, a moment after the last letter. */
export function useRendered(form: Form) {
  const asked = useDebounced(
    JSON.stringify({
      body: form.body,
      channel: form.channel,
      subject: form.channel === "lms" ? form.subject : "",
      values: samples(form),
      defaults: form.defaults,
      formats: Object.fromEntries(Object.entries(form.formats).filter(([, one]) => one)),
    }),
    250,
  );
  return useQuery({
    queryKey: ["preview", "template", asked],
    queryFn: ({ signal }) =>
      http.post("/api/templates/preview", JSON.parse(asked) as BodyOf<"/api/templates/preview", "post">, {
        signal,
      }),
    enabled: form.body.trim() !== "",
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
}

/** Whatever was done to a template: lists, folders and versions are asked for anew. */
export function useTemplateAct<V, R>(run: (value: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSettled: () => client.invalidateQueries({ queryKey: ["templates"] }),
  });
}
