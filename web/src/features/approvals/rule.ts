"use client";

import { useQuery } from "@tanstack/react-query";
import { http } from "@/api/client";

/** Apart from the rest, whose words the composer fetches only when they are needed. */
export function useApprovalRule() {
  return useQuery({
    queryKey: ["approval-rule"],
    queryFn: ({ signal }) => http.get("/api/settings/approval", { signal }),
    staleTime: 60_000,
  });
}
