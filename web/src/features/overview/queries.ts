"use client";

import { useQuery } from "@tanstack/react-query";
import { http, untyped } from "@/api/client";
import type { Filter } from "../contacts/filter";
import { useTenant } from "../session/queries";

export interface Election {
  date: string;
  marks: { date: string; label: string }[];
}

interface Candidacy {
  election: string;
}

/** The election this camp works towards; nothing for sales companies and before it is entered. */
export function useElection() {
  const camp = useTenant()?.kind === "camp";
  return useQuery({
    queryKey: ["candidacies"],
    queryFn: ({ signal }) => untyped.get<{ items: Candidacy[] }>("/api/candidacies", { signal }),
    select: (page): Election | null => {
      const date = page.items[0]?.election.slice(0, 10);
      return date && /^\d{4}-\d{2}-\d{2}$/.test(date) ? { date, marks: [] } : null;
    },
    enabled: camp,
    retry: false,
    staleTime: 5 * 60_000,
  });
}

/** How many of the list can be written to at all. */
export function useListHealth() {
  return useQuery({
    queryKey: ["contacts", "health"],
    queryFn: async ({ signal }) => {
      const count = async (filter: Filter) =>
        (await http.post("/api/segments/preview", { filter }, { signal })).count;
      const [refused, noPhone, reachable] = await Promise.all([
        count({ field: "suppressed", op: "eq", value: true }),
        count({ field: "channel", op: "has_not", value: "sms" }),
        count({
          all: [
            { field: "channel", op: "has", value: "sms" },
            { field: "suppressed", op: "eq", value: false },
          ],
        }),
      ]);
      return { refused, noPhone, reachable };
    },
    staleTime: 60_000,
    retry: false,
  });
}
