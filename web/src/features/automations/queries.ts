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

export function usePartitions() {
  return useQuery({
    queryKey: ["records", "partitions"],
    queryFn: ({ signal }) => http.get("/api/partitions", { signal }).then((page) => page.items),
  });
}

export function useLinks(partitionId?: string) {
  return useQuery({
    queryKey: ["automations", "links", partitionId ?? ""],
    queryFn: ({ signal }) =>
      http
        .get("/api/alimtalk/template-links", { query: partitionId ? { partitionId } : {}, signal })
        .then((page) => page.items),
  });
}

/** Team members to choose from; asked for only where a field is one. */
export function useMembers(enabled: boolean) {
  const { data } = useQuery({
    queryKey: ["members"],
    queryFn: ({ signal }) => http.get("/api/members", { signal }),
    staleTime: 60_000,
    enabled,
  });
  return (data?.items ?? []).map((one) => ({ value: one.id, label: one.name || one.email }));
}

export function useKakaoTemplates() {
  return useQuery({
    queryKey: ["templates", "alimtalk"],
    queryFn: ({ signal }) =>
      http
        .get("/api/templates", { query: { channel: "alimtalk", limit: 200 }, signal })
        .then((page) => page.items),
  });
}

export function useDashboard() {
  return useQuery({
    queryKey: ["automations", "dashboard"],
    queryFn: ({ signal }) => http.get("/api/alimtalk/automation/dashboard", { signal }),
  });
}

const OPEN = new Set(["pending", "sent"]);
const OPEN_MS = 2000;

/** What each record of a page was sent last, and what is due: asked again whenever the page's records are. */
export function useStandings(recordIds: string[]) {
  const { data } = useQuery({
    queryKey: ["automations", "standings", recordIds],
    queryFn: ({ signal }) =>
      http.post("/api/alimtalk/automation/standings", { recordIds: recordIds.slice(0, 300) }, { signal }),
    enabled: recordIds.length > 0,
    placeholderData: keepPreviousData,
    refetchInterval: (query) =>
      query.state.data?.items.some((one) => OPEN.has(one.status ?? "")) ? OPEN_MS : false,
  });
  return new Map((data?.items ?? []).map((one) => [one.recordId, one]));
}

export interface LogFilters {
  triggerType: string;
  status: string;
  linkId: string;
  reason?: string;
  recordId?: string;
}

export function useLogs(filters: LogFilters, limit = 50) {
  return useInfiniteQuery({
    queryKey: ["automations", "logs", filters, limit],
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/alimtalk/logs", {
        query: {
          triggerType: (filters.triggerType || null) as "auto" | null,
          status: (filters.status || null) as "sent" | null,
          linkId: filters.linkId || null,
          reason: filters.reason || null,
          recordId: filters.recordId ?? null,
          cursor: pageParam,
          limit,
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    // What a carrier says later reaches the message, not this list: it looks again while something is open.
    refetchInterval: (query) =>
      query.state.data?.pages.some((page) => page.items.some((one) => OPEN.has(one.status)))
        ? OPEN_MS
        : false,
  });
}

type PreviewIn = BodyOf<"/api/alimtalk/template-links/preview", "post">;

/** A moment after the last change; null while there is nothing that could be asked about. */
function useAsked(body: PreviewIn): PreviewIn | null {
  const text = useDebounced(JSON.stringify(body), 400);
  const asked = JSON.parse(text) as PreviewIn;
  return asked.templateId ? asked : null;
}

/** Whom a rule fits and what they would see. Sends nothing. */
export function usePreview(body: PreviewIn) {
  const asked = useAsked(body);
  return useQuery({
    queryKey: ["automations", "preview", asked],
    queryFn: ({ signal }) =>
      http.post("/api/alimtalk/template-links/preview", asked as PreviewIn, { signal }),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** A selection and a rule: how many get it, why others don't. Sends nothing. */
export function useSendPreview(linkId: string | null, recordIds: string[]) {
  return useQuery({
    queryKey: ["automations", "sending", linkId, recordIds],
    queryFn: ({ signal }) =>
      http.post(
        "/api/alimtalk/template-links/{link_id}/send/preview",
        { recordIds },
        { path: { link_id: linkId ?? "" }, signal },
      ),
    enabled: linkId !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** What the last days would have been. Sends nothing. */
export function useBackTest(link: PreviewIn, days: number) {
  const asked = useAsked(link);
  return useQuery({
    queryKey: ["automations", "backtest", days, asked],
    queryFn: ({ signal }) =>
      http.post("/api/alimtalk/template-links/backtest", { days, link: asked }, { signal }),
    enabled: asked !== null && asked.triggerType !== "manual",
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** Whatever was done to a rule: rules, queue and log are asked for anew. */
export function useAct<V, R>(run: (value: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSettled: () => client.invalidateQueries({ queryKey: ["automations"] }),
  });
}
