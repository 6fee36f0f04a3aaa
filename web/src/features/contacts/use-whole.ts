"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { http } from "@/api/client";
import { type Filter, joined, without } from "./filter";
import type { Whole } from "./use-selection";

/** Everybody that the list means, as it can be said again. What a segment is made of decides whether it takes exceptions. */
export function useWhole(filter: Filter, q: string, segmentId: string | null): Whole {
  const segment = useQuery({
    queryKey: ["segments", segmentId],
    queryFn: ({ signal }) =>
      http.get("/api/segments/{segment_id}", { path: { segment_id: segmentId ?? "" }, signal }),
    enabled: segmentId !== null,
    retry: false,
  }).data;
  return useMemo(() => {
    const plain = segment && segment.excludeSegmentIds.length + segment.includeContactIds.length === 0;
    const segmentFilter = plain
      ? joined([segment.filter as Filter, ...without(segment.excludeContactIds)])
      : null;
    return { filter, q, segmentId, segmentFilter };
  }, [filter, q, segmentId, segment]);
}
