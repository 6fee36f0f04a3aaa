"use client";

import { useQuery } from "@tanstack/react-query";
import { http } from "@/api/client";
import type { Filter } from "../contacts/filter";

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
