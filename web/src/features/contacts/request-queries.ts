"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/client";
import type { components } from "@/api/schema";
import { useErrorText } from "@/components/ui/states";
import { toast } from "@/lib/toast";

export type DataRequest = components["schemas"]["DataRequestOut"];

/** What people ask about their own data, the nearest day first. */
export function useRequests(openOnly: boolean) {
  return useQuery({
    queryKey: ["data-requests", openOnly],
    queryFn: ({ signal }) => http.get("/api/data-requests", { query: { open_only: openOnly }, signal }),
    select: (page) => page.items,
    staleTime: 30_000,
  });
}

export function useRequestChange<Given>(change: (given: Given) => Promise<string>) {
  const client = useQueryClient();
  const errorText = useErrorText();
  return useMutation({
    mutationFn: change,
    onSuccess: (said) => {
      toast(said);
      for (const queryKey of [["data-requests"], ["contacts"], ["contact"]])
        void client.invalidateQueries({ queryKey });
    },
    onError: (error) => toast(errorText(error), { tone: "error" }),
  });
}
