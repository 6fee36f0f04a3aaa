"use client";

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/client";
import type { components } from "@/api/schema";
import { useErrorText } from "@/components/ui/states";
import { toast } from "@/lib/toast";

type Schemas = components["schemas"];
export type TimelineItem = Schemas["TimelineItem"];
export type Ahead = Schemas["AheadOut"];
export type Tab = "" | "message" | "consent" | "change" | "note";

export function useTimeline(id: string, kinds: Tab, limit: number) {
  return useInfiniteQuery({
    queryKey: ["contact", id, "timeline", kinds, limit],
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/contacts/{contact_id}/timeline", {
        path: { contact_id: id },
        query: { kinds, cursor: pageParam, limit },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** What changes a person: done, said, and everything that shows the person read again. */
export function usePersonChange<Given, Answer>(
  id: string,
  change: (given: Given) => Promise<Answer>,
  said: string,
) {
  const client = useQueryClient();
  const errorText = useErrorText();
  return useMutation({
    mutationFn: change,
    onSuccess: () => {
      if (said) toast(said);
      void client.invalidateQueries({ queryKey: ["contact", id] });
      void client.invalidateQueries({ queryKey: ["contacts"] });
    },
    onError: (error) => toast(errorText(error), { tone: "error" }),
  });
}
