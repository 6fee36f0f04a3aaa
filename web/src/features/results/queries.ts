"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type BodyOf, http, saveFile } from "@/api/client";
import type { components } from "@/api/schema";
import { usePageWords } from "@/lib/page-words";
import ko, { type Results as Words } from "@/messages/ko/results";

/** What a send of one text began with: the server's own words for it once there is a second, data and not words of a screen. */
export const FIRST = { key: "처음", name: "처음 문안", share: 100 };

export type Results = components["schemas"]["CampaignResultsOut"];
export type Text = components["schemas"]["TextOut"];
export type TextsChange = BodyOf<"/api/campaigns/{campaign_id}/variants", "post">;

const english = () => import("@/messages/en/results");

/** The words of this page. */
export function useResultWords(): Words {
  return usePageWords(ko, english);
}

/** Not under "campaign": a send that runs says four times a second that something changed. */
const EVERY = 5_000;
const LIVE = ["launching", "running", "paused", "held"];

export function useResults(id: string | null) {
  return useQuery({
    queryKey: ["results", id],
    queryFn: ({ signal }) =>
      http.get("/api/analytics/campaigns/{campaign_id}", { path: { campaign_id: id ?? "" }, signal }),
    enabled: id !== null,
    retry: false,
    refetchInterval: (query) => (query.state.data && !LIVE.includes(query.state.data.state) ? 60_000 : EVERY),
  });
}

/** What was written before it was sent: it stays as it is, so nobody asks again. */
export function useWritten(id: string) {
  return useQuery({
    queryKey: ["results", id, "written"],
    queryFn: ({ signal }) => http.get("/api/campaigns/{campaign_id}", { path: { campaign_id: id }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useChangeTexts(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: TextsChange) =>
      http.post("/api/campaigns/{campaign_id}/variants", body, { path: { campaign_id: id } }),
    onSuccess: (answer) => {
      if (answer.applied) void client.invalidateQueries({ queryKey: ["results", id] });
    },
  });
}

export function useTakeResults(id: string, name: string) {
  return useMutation({
    mutationFn: async (format: "csv" | "xlsx") => {
      const { blob } = await http.file("/api/analytics/campaigns/{campaign_id}/export", undefined, {
        path: { campaign_id: id },
        query: { format },
      });
      saveFile(blob, `${name}.${format}`);
    },
  });
}
