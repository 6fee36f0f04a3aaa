"use client";

import { useQuery } from "@tanstack/react-query";
import { http } from "@/api/client";

/** The segment that the list shows: what it is made of decides how "everyone" can be said. */
export function useSegmentHere(id: string | null) {
  return useQuery({
    queryKey: ["segments", id],
    queryFn: ({ signal }) =>
      http.get("/api/segments/{segment_id}", { path: { segment_id: id ?? "" }, signal }),
    enabled: id !== null,
    retry: false,
  }).data;
}
