"use client";

import { useQueries, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { http } from "@/api/client";
import type { ContactPage } from "@/api/types";

interface Props {
  pages: ContactPage[];
  /** When each was last contacted: null is never, undefined isn't known yet. */
  onLast: (last: ReadonlyMap<string, string | null>) => void;
  /** Whether the whole book is to be counted to the last one: the list stops at ten thousand. */
  counting: boolean;
  onSize: (size: number) => void;
}

const answersOf = <T,>(queries: { data: T }[]): T[] => queries.map((one) => one.data);

/** What is asked once the rows stand, and shows nothing itself. */
export function LastContacts({ pages, onLast, counting, onSize }: Props) {
  const found = useQueries({
    queries: pages.map(({ items }) => ({
      queryKey: ["contacts", "last", items.map((one) => one.id).join()],
      queryFn: () => http.post("/api/contacts/last-contacts", { ids: items.map((one) => one.id) }),
      enabled: items.length > 0,
      staleTime: 60_000,
    })),
    combine: answersOf,
  });
  const last = useMemo(() => {
    const known = new Map<string, string | null>();
    pages.forEach((page, at) => {
      if (!found[at]) return;
      for (const one of page.items) known.set(one.id, null);
      for (const one of found[at].items) known.set(one.id, one.at);
    });
    return known;
  }, [pages, found]);
  const size = useQuery({
    queryKey: ["contacts", "size"],
    queryFn: ({ signal }) => http.post("/api/segments/counts", { filters: [{}], exact: true }, { signal }),
    select: (counts) => counts.items[0]?.value,
    enabled: counting,
    staleTime: 60_000,
  }).data;
  useEffect(() => onLast(last), [last, onLast]);
  useEffect(() => {
    if (size !== undefined) onSize(size);
  }, [size, onSize]);
  return null;
}
