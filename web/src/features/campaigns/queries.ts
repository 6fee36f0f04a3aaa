"use client";

import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { http } from "@/api/client";
import type {
  Campaign,
  CampaignMessage,
  Check,
  Contact,
  Explanation,
  Message,
  Page,
  Preview,
  Progress,
  Sender,
} from "@/api/types";
import { usePollWhenOffline } from "@/lib/live";
import type { Filter } from "../contacts/filter";

export function useCampaigns(limit = 50) {
  return useInfiniteQuery({
    queryKey: ["campaigns", "list", limit],
    queryFn: ({ pageParam, signal }) =>
      http.get<Page<Campaign>>("/api/campaigns", { query: { cursor: pageParam, limit }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: usePollWhenOffline(5000),
  });
}

export function useCampaign(id: string | null) {
  return useQuery({
    queryKey: ["campaign", id],
    queryFn: ({ signal }) => http.get<Campaign>(`/api/campaigns/${id}`, { signal }),
    enabled: id !== null,
  });
}

const LIVE = ["launching", "running"];

export function useProgress(id: string | null, state: string | undefined) {
  const poll = usePollWhenOffline(1500);
  return useQuery({
    queryKey: ["campaign", id, "progress"],
    queryFn: ({ signal }) => http.get<Progress>(`/api/campaigns/${id}/progress`, { signal }),
    enabled: id !== null && state !== undefined && state !== "draft",
    staleTime: 0,
    // The stream says that something changed; a slow beat of our own keeps the remaining time honest.
    refetchInterval: state && LIVE.includes(state) ? poll || 2000 : false,
  });
}

export interface PeopleFilter {
  state: string | null;
  reason: string | null;
}

export function usePeople(id: string | null, filter: PeopleFilter) {
  return useInfiniteQuery({
    queryKey: ["campaign", id, "messages", filter],
    queryFn: ({ pageParam, signal }) =>
      http.get<Page<CampaignMessage>>(`/api/campaigns/${id}/messages`, {
        query: { state: filter.state, reason: filter.reason, cursor: pageParam, limit: 100 },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    enabled: id !== null,
  });
}

export function useMessage(id: string | null) {
  return useQuery({
    queryKey: ["message", id],
    queryFn: ({ signal }) => http.get<Message>(`/api/messages/${id}`, { signal }),
    enabled: id !== null,
  });
}

export function useExplain(campaignId: string | null, contactId: string | null | undefined) {
  return useQuery({
    queryKey: ["campaign", campaignId, "explain", contactId],
    queryFn: ({ signal }) =>
      http.get<Explanation>(`/api/campaigns/${campaignId}/explain`, { query: { contactId }, signal }),
    enabled: Boolean(campaignId && contactId),
  });
}

export function useSenders() {
  return useQuery({
    queryKey: ["senders"],
    queryFn: ({ signal }) => http.get<Page<Sender>>("/api/senders", { signal }),
    select: (page) => page.items,
    staleTime: 60_000,
  });
}

export interface AudienceCount {
  count: number;
  relation?: "eq" | "gte";
  sample?: Contact[];
}

export function useAudienceCount(filter: Filter | null) {
  return useQuery({
    queryKey: ["audience", filter],
    queryFn: () => http.post<AudienceCount>("/api/segments/preview", { filter }),
    enabled: filter !== null,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

export function usePreview(body: string, channel: string, contactId: string | null) {
  return useQuery({
    queryKey: ["preview", body, channel, contactId],
    queryFn: ({ signal }) =>
      http.post<Preview>(
        "/api/templates/preview",
        { body, channel, ...(contactId && { contactId }) },
        { signal },
      ),
    enabled: body.trim() !== "",
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
}

interface Job<T> {
  state: string;
  progress?: number;
  result: T | null;
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Above 20,000 people the server counts in the background and answers with a job. */
export async function runCheck(id: string): Promise<Check> {
  const answer = await http.post<Check | { jobId: string }>(`/api/campaigns/${id}/check`);
  if (!("jobId" in answer)) return answer;
  for (;;) {
    const job = await http.get<Job<Check>>(`/api/jobs/${answer.jobId}`);
    if (job.result) return job.result;
    if (["failed", "cancelled"].includes(job.state)) throw new Error(job.state);
    await sleep(500);
  }
}

export type Act = "pause" | "resume" | "cancel" | "approve" | "reject" | "launch" | "request-approval";

export function useAct(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ act, body }: { act: Act; body?: unknown }) =>
      http.post(`/api/campaigns/${id}/${act}`, body ?? {}, { idempotencyKey: crypto.randomUUID() }),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["campaign", id] });
      void client.invalidateQueries({ queryKey: ["campaigns"] });
    },
  });
}
