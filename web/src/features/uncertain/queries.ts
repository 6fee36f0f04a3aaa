"use client";

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/client";
import type { Resolution } from "@/api/types";
import { useAfterPaint } from "@/lib/hooks";
import { usePollWhenOffline } from "@/lib/live";

const COUNTS = ["uncertain-counts"] as const;

/** For figures beside a word. Not under "uncertain": a send that runs says four times a second that something changed. */
export function useUncertainCounts() {
  return useQuery({
    queryKey: COUNTS,
    queryFn: ({ signal }) => http.get("/api/uncertain/counts", { signal }),
    enabled: useAfterPaint(),
    staleTime: 15_000,
    refetchInterval: 60_000,
  });
}

/** Sends with people of unknown fate, each with its groups. Receipts and other people shorten it by themselves. */
export function useUncertain(campaignId: string | null) {
  return useInfiniteQuery({
    queryKey: ["uncertain", "sends", campaignId],
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/uncertain", { query: { campaignId, cursor: pageParam, limit: 20 }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: usePollWhenOffline(5000),
  });
}

export interface GroupKey {
  sendId: string;
  requestId: string;
}

export function useGroupPeople({ sendId, requestId }: GroupKey) {
  return useInfiniteQuery({
    queryKey: ["uncertain", "people", sendId, requestId],
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/uncertain/{send_id}/{request_id}/messages", {
        path: { send_id: sendId, request_id: requestId },
        query: { cursor: pageParam, limit: 50 },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** `seen`: null for all of them. */
export function useIncidents(campaignId: string | null, seen: boolean | null) {
  return useInfiniteQuery({
    queryKey: ["uncertain", "incidents", campaignId, seen],
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/incidents", { query: { campaignId, seen, cursor: pageParam, limit: 50 }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** Looked at: out of what waits, kept as what happened. */
export function useMarkIncidents() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { ids: string[]; seen: boolean }) => http.post("/api/incidents/seen", body),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["uncertain", "incidents"] });
      void client.invalidateQueries({ queryKey: COUNTS });
    },
  });
}

interface Word {
  decision: Resolution;
  reason: string;
}

/** A decision is posted once, under a key of its own: what is sent again must not go out twice because a line broke. */
export function useResolve() {
  const client = useQueryClient();
  const onSettled = () => {
    for (const queryKey of [["uncertain"], COUNTS, ["message"], ["campaign"], ["quota"]])
      void client.invalidateQueries({ queryKey });
  };
  const group = useMutation({
    mutationFn: ({ sendId, requestId, ...body }: GroupKey & Word) =>
      http.post("/api/uncertain/{send_id}/{request_id}/resolve", body, {
        path: { send_id: sendId, request_id: requestId },
        idempotencyKey: crypto.randomUUID(),
      }),
    onSettled,
  });
  const send = useMutation({
    mutationFn: ({ sendId, ...body }: { sendId: string } & Word) =>
      http.post("/api/uncertain/{send_id}/resolve", body, {
        path: { send_id: sendId },
        idempotencyKey: crypto.randomUUID(),
      }),
    onSettled,
  });
  const person = useMutation({
    mutationFn: ({ messageId, ...body }: { messageId: string } & Word) =>
      http.post("/api/messages/{message_id}/resolve", body, {
        path: { message_id: messageId },
        idempotencyKey: crypto.randomUUID(),
      }),
    onSettled,
  });
  return { group: group.mutateAsync, send: send.mutateAsync, person: person.mutateAsync };
}
