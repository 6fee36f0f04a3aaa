"use client";

import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { type BodyOf, http } from "@/api/client";
import type { Check, MessageState, Progress } from "@/api/types";
import { usePollWhenOffline } from "@/lib/live";
import type { Filter } from "../contacts/filter";

export const campaignsKey = (limit: number) => ["campaigns", "list", limit] as const;

export function useCampaigns(limit = 50) {
  return useInfiniteQuery({
    queryKey: campaignsKey(limit),
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/campaigns", { query: { cursor: pageParam, limit }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: usePollWhenOffline(5000),
  });
}

export function useCampaign(id: string | null) {
  return useQuery({
    queryKey: ["campaign", id],
    queryFn: ({ signal }) =>
      http.get("/api/campaigns/{campaign_id}", { path: { campaign_id: id ?? "" }, signal }),
    enabled: id !== null,
  });
}

/** A send that waits for its hours: no hand can hurry it, it goes on by itself. */
export const HOLD_WINDOW = "window";

const LIVE = ["launching", "running"];

export function useProgress(id: string | null, state: string | undefined) {
  const poll = usePollWhenOffline(1500);
  return useQuery({
    queryKey: ["campaign", id, "progress"],
    queryFn: ({ signal }) =>
      http.get("/api/campaigns/{campaign_id}/progress", {
        path: { campaign_id: id ?? "" },
        signal,
      }) as Promise<Progress>,
    enabled:
      id !== null && state !== undefined && !["draft", "awaiting_approval", "approved"].includes(state),
    staleTime: 0,
    // The stream says that something changed; a slow beat of our own keeps the remaining time honest.
    refetchInterval: state && LIVE.includes(state) ? poll || 2000 : false,
  });
}

export interface PeopleFilter {
  state: MessageState | null;
  reason: string | null;
}

export function usePeople(id: string | null, filter: PeopleFilter) {
  return useInfiniteQuery({
    queryKey: ["campaign", id, "messages", filter],
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/campaigns/{campaign_id}/messages", {
        path: { campaign_id: id ?? "" },
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
    queryFn: ({ signal }) =>
      http.get("/api/messages/{message_id}", { path: { message_id: id ?? "" }, signal }),
    enabled: id !== null,
  });
}

export function useExplain(campaignId: string | null, contactId: string | null | undefined) {
  return useQuery({
    queryKey: ["campaign", campaignId, "explain", contactId],
    queryFn: ({ signal }) =>
      http.get("/api/campaigns/{campaign_id}/explain", {
        path: { campaign_id: campaignId ?? "" },
        query: { contactId: contactId ?? "" },
        signal,
      }),
    enabled: Boolean(campaignId && contactId),
  });
}

export function useSenders() {
  return useQuery({
    queryKey: ["senders"],
    queryFn: ({ signal }) => http.get("/api/senders", { signal }),
    select: (page) => page.items,
    staleTime: 60_000,
  });
}

/** AlimTalk texts that can go out, or will once the carrier has approved them. */
export function useKakaoTemplates(enabled: boolean) {
  return useQuery({
    queryKey: ["templates", "alimtalk"],
    queryFn: ({ signal }) =>
      http.get("/api/templates", { query: { channel: "alimtalk", limit: 500 }, signal }),
    select: (page) => page.items.filter((one) => one.state === "approved" || one.state === "submitted"),
    staleTime: 60_000,
    enabled,
  });
}

/** A segment that was chosen elsewhere: what it is called and whom it means now. */
export function useSegment(id: string | null) {
  return useQuery({
    queryKey: ["segments"],
    queryFn: ({ signal }) => http.get("/api/segments", { signal }),
    select: (page) => page.items.find((one) => one.id === id),
    enabled: id !== null,
    staleTime: 60_000,
  }).data;
}

/** `out`: what a segment says besides its conditions: who is left out of it, who was put in by hand. */
export function useAudienceCount(filter: Filter | null, out?: BodyOf<"/api/segments/preview", "post">) {
  return useQuery({
    queryKey: ["audience", filter, out],
    queryFn: () => http.post("/api/segments/preview", { ...out, filter: filter ?? {} }),
    enabled: filter !== null,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

/** `said`: values that no contact has, and what stands in for those that are missing. */
export function usePreview(
  body: string,
  channel: "sms" | "lms",
  contactId: string | null,
  said?: Pick<BodyOf<"/api/templates/preview", "post">, "values" | "defaults" | "formats">,
) {
  return useQuery({
    queryKey: ["preview", body, channel, contactId, said],
    queryFn: ({ signal }) =>
      http.post(
        "/api/templates/preview",
        { body, channel, ...(contactId && { contactId }), ...said },
        { signal },
      ),
    enabled: body.trim() !== "",
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
}

/** What the draft in the form weighs over the people it means; nothing of it is stored. Null: not complete enough to ask. */
export function useWeighed(body: BodyOf<"/api/campaigns/weigh", "post"> | null) {
  return useQuery({
    queryKey: ["weigh", body],
    queryFn: ({ signal }) => http.post("/api/campaigns/weigh", body as NonNullable<typeof body>, { signal }),
    enabled: body !== null,
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
  });
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Above 20,000 people the server counts in the background and answers with a job; `onProgress` hears how far it is, in percent. */
export async function runCheck(id: string, onProgress?: (percent: number) => void): Promise<Check> {
  const path = { campaign_id: id };
  const answer = (await http.post("/api/campaigns/{campaign_id}/check", {}, { path })) as
    | Check
    | { jobId: string };
  if (!("jobId" in answer)) return answer;
  for (;;) {
    const job = await http.get("/api/jobs/{job_id}", { path: { job_id: answer.jobId } });
    if (job.state === "completed" && job.result) return job.result as unknown as Check;
    if (job.state === "failed") throw new Error(job.problem ?? job.state);
    onProgress?.(job.progress);
    await sleep(500);
  }
}

function useChange<V, R>(id: string, run: (value: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["campaign", id] });
      void client.invalidateQueries({ queryKey: ["campaigns"] });
    },
  });
}

export type Steer = "pause" | "resume" | "cancel";

export function useSteer(id: string) {
  return useChange(id, (what: Steer) => {
    const init = { path: { campaign_id: id } };
    if (what === "pause") return http.post("/api/campaigns/{campaign_id}/pause", undefined, init);
    if (what === "resume") return http.post("/api/campaigns/{campaign_id}/resume", undefined, init);
    return http.post("/api/campaigns/{campaign_id}/cancel", undefined, init);
  });
}

export function useLaunch(id: string) {
  return useChange(id, (body: BodyOf<"/api/campaigns/{campaign_id}/launch", "post">) =>
    http.post("/api/campaigns/{campaign_id}/launch", body, {
      path: { campaign_id: id },
      idempotencyKey: crypto.randomUUID(),
    }),
  );
}
