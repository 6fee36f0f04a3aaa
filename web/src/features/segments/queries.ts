"use client";

import { keepPreviousData, useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Answer, http } from "@/api/client";
import type { Filter } from "../contacts/filter";
import { countOf } from "./counting";
import { type Field, FieldTable } from "./tree";

export type Segment = Answer<"/api/segments/{segment_id}", "get">;
export type Preview = Answer<"/api/segments/preview", "post">;

/** What decides who belongs to a segment. */
export interface Members {
  filter: Filter;
  excludeSegmentIds: string[];
  includeContactIds: string[];
  excludeContactIds: string[];
}

/** The one table of fields, custom attributes of the lists among them. */
export function useFields() {
  const query = useQuery({
    queryKey: ["contact-fields"],
    queryFn: ({ signal }) => http.get("/api/contacts/fields", { signal }),
    select: (page) => page.items as Field[],
    staleTime: 5 * 60_000,
  });
  const fields = useMemo(() => new FieldTable(query.data?.map((one) => [one.key, one])), [query.data]);
  return { fields, query };
}

export function useSegments() {
  return useQuery({
    queryKey: ["segments"],
    queryFn: ({ signal }) => http.get("/api/segments", { signal }),
    select: (page) => page.items,
    staleTime: 30_000,
  });
}

export function useSegment(id: string | null) {
  return useQuery({
    queryKey: ["segments", id],
    queryFn: ({ signal }) =>
      http.get("/api/segments/{segment_id}", { path: { segment_id: id ?? "" }, signal }),
    enabled: id !== null,
    retry: false,
  });
}

/** One number a filter, kept for a minute: a change to one condition counts that one again, not all of them. */
export function useCounts(filters: (Filter | null)[]) {
  return useQueries({
    queries: filters.map((filter) => ({
      queryKey: ["segment-count", filter],
      queryFn: () => countOf(filter as Filter),
      enabled: filter !== null,
      staleTime: 60_000,
      retry: 1,
    })),
  });
}

export function usePreview(members: Members | null) {
  return useQuery({
    queryKey: ["segment-preview", members],
    queryFn: async ({ signal }) => {
      const began = performance.now();
      const found = await http.post("/api/segments/preview", members ?? {}, { signal });
      return { ...found, seconds: (performance.now() - began) / 1000 };
    },
    enabled: members !== null,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
}

/** Counted when it is looked at; the number of last time stands there meanwhile. */
export function useFreshCount(id: string) {
  return useQuery({
    queryKey: ["segments", id, "count"],
    queryFn: ({ signal }) =>
      http.get("/api/segments/{segment_id}/count", { path: { segment_id: id }, signal }),
    staleTime: 60_000,
    retry: 1,
  });
}

/** Where it is used: campaigns that go to it, segments that leave it out. */
export function useUses(id: string | null) {
  return useQuery({
    queryKey: ["segments", id, "uses"],
    queryFn: ({ signal }) =>
      http.get("/api/segments/{segment_id}/uses", { path: { segment_id: id ?? "" }, signal }),
    enabled: id !== null,
  }).data;
}

function useAfter() {
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: ["segments"] });
}

export function useMakeSegment() {
  const after = useAfter();
  return useMutation({
    mutationFn: (body: Members & { name: string }) => http.post("/api/segments", body),
    onSuccess: after,
  });
}

export function useChangeSegment() {
  const after = useAfter();
  return useMutation({
    mutationFn: ({ id, ...body }: Partial<Members> & { id: string; name?: string; version?: number }) =>
      http.patch("/api/segments/{segment_id}", body, { path: { segment_id: id } }),
    onSuccess: after,
  });
}

export function useCopySegment() {
  const after = useAfter();
  return useMutation({
    mutationFn: ({ id, name }: { id: string; name: string }) =>
      http.post("/api/segments/{segment_id}/duplicate", { name }, { path: { segment_id: id } }),
    onSuccess: after,
  });
}

export function useDropSegment() {
  const after = useAfter();
  return useMutation({
    mutationFn: (id: string) => http.delete("/api/segments/{segment_id}", { path: { segment_id: id } }),
    onSuccess: after,
  });
}
