"use client";

import { useQuery } from "@tanstack/react-query";
import { http } from "@/api/client";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type Reply = Schemas["ReplyOut"];
export type Retention = Schemas["RetentionOut"];
export type OwedNotice = Schemas["NoticeOut"];
export type MadeUpList = Schemas["MadeUpOut"];

export function useReplies() {
  return useQuery({
    queryKey: ["law", "replies"],
    queryFn: ({ signal }) => http.get("/api/inbox/unclear", { query: { limit: 50 }, signal }),
    refetchInterval: 60_000,
  });
}

export function useRetention(enabled: boolean) {
  return useQuery({
    queryKey: ["law", "retention"],
    queryFn: ({ signal }) => http.get("/api/law/retention", { signal }),
    select: (page) => page.items,
    enabled,
    // While a worker erases, its figure moves.
    refetchInterval: (query) =>
      query.state.data?.items.some((one) => one.state === "approved") ? 2_000 : false,
  });
}

export function useNotices(enabled: boolean) {
  return useQuery({
    queryKey: ["law", "notices"],
    queryFn: ({ signal }) => http.get("/api/law/notices", { query: { limit: 200 }, signal }),
    enabled,
  });
}

export function useReconfirms() {
  return useQuery({
    queryKey: ["law", "reconfirm"],
    queryFn: ({ signal }) => http.get("/api/law/reconfirm", { query: { limit: 100 }, signal }),
  });
}

export function useMadeUp() {
  return useQuery({
    queryKey: ["law", "made-up"],
    queryFn: ({ signal }) => http.get("/api/imports/made-up", { signal }),
    select: (page) => page.items,
  });
}
