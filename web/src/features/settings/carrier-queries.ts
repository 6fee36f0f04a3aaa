"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type BodyOf, http } from "@/api/client";

/** How much went through each account, and which rest: moves by itself. */
export function useAccountStates(enabled: boolean) {
  return useQuery({
    queryKey: ["carrier-account-states"],
    queryFn: ({ signal }) => http.get("/api/carrier-account-states", { signal }),
    select: (page) => new Map(page.items.map((one) => [one.accountId, one])),
    refetchInterval: 5_000,
    enabled,
  });
}

export type AccountChange = BodyOf<"/api/carrier-accounts/{account_id}", "patch">;

function useRefresh() {
  const client = useQueryClient();
  return () => {
    for (const key of ["carrier-accounts", "carrier-account-states", "senders", "setup"]) {
      void client.invalidateQueries({ queryKey: [key] });
    }
  };
}

export function useChangeAccount(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (change: AccountChange) =>
      http.patch("/api/carrier-accounts/{account_id}", change, { path: { account_id: id } }),
    onSuccess: refresh,
  });
}

/** Sends nothing. What it found is kept by the server, with its time. */
export function useTestAccount(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () =>
      http.post("/api/carrier-accounts/{account_id}/test", undefined, { path: { account_id: id } }),
    onSettled: refresh,
  });
}

export function useChangeSender() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id, state }: { id: string; state: "registered" | "stopped" }) =>
      http.patch("/api/senders/{sender_id}", { state }, { path: { sender_id: id } }),
    onSuccess: refresh,
  });
}
