"use client";

import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { http } from "@/api/client";
import type { Partition, PartitionField } from "@/api/types";
import { useDebounced } from "@/lib/hooks";
import { useMembers } from "../automations/queries";
import { shown } from "./values";
import { useWords } from "./words";

/** A value as people read it: members by their names. */
export function useShown(partition: Partition): (field: PartitionField, value: unknown) => string {
  const t = useWords();
  const members = useMembers(partition.fields.some((one) => one.type === "user"));
  return (field, value) =>
    field.type === "user" && value
      ? (members.find((one) => one.value === value)?.label ?? t.someone)
      : shown(field, value, t);
}

export function useRecords(partitionId: string | null, q: string, limit: number) {
  const asked = useDebounced(q, 200);
  return useInfiniteQuery({
    queryKey: ["records", "list", partitionId, asked, limit],
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/records", {
        query: { partitionId: partitionId ?? "", q: asked, cursor: pageParam, limit },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    enabled: partitionId !== null,
  });
}

export function useRecord(id: string | null) {
  return useQuery({
    queryKey: ["records", "one", id],
    queryFn: ({ signal }) => http.get("/api/records/{record_id}", { path: { record_id: id ?? "" }, signal }),
    enabled: id !== null,
  });
}

export function useHistory(id: string) {
  return useQuery({
    queryKey: ["records", "history", id],
    queryFn: ({ signal }) =>
      http
        .get("/api/records/{record_id}/history", { path: { record_id: id }, signal })
        .then((page) => page.items),
  });
}

/** Whatever was done to records: lists, pages and what automations did about it are asked for anew. */
export function useRecordAct<V, R>(run: (value: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["automations"] });
      return client.invalidateQueries({ queryKey: ["records"] });
    },
  });
}
