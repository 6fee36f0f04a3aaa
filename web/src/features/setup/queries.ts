"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { http, untyped } from "@/api/client";

export interface SetupStatus {
  ownerNeeded: boolean;
  demoLogins: string[];
}

export type StepKey = "recovery_key" | "address" | "carrier" | "sender" | "candidacy";

export interface SetupStep {
  step: StepKey;
  state: "todo" | "done" | "skipped";
}

export interface Setup {
  steps: SetupStep[];
  /** What still keeps a real message from going out, in the server's words. */
  blockers: { code: string; message: string }[];
  publicUrl: string | null;
}

/** Asked without a session: does anybody live here yet? */
export function useSetupStatus() {
  return useQuery({
    queryKey: ["setup", "status"],
    queryFn: ({ signal }) => untyped.get<SetupStatus>("/api/setup/status", { signal }),
    retry: false,
  });
}

export function useSetup(enabled: boolean) {
  return useQuery({
    queryKey: ["setup"],
    queryFn: ({ signal }) => untyped.get<Setup>("/api/setup", { signal }),
    enabled,
  });
}

export function useStepState() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ step, ...body }: SetupStep & { publicUrl?: string | null }) =>
      untyped.patch<Setup>(`/api/setup/${step}`, body),
    onSuccess: (setup) => client.setQueryData(["setup"], setup),
  });
}

export function useCarrierAccounts(enabled: boolean) {
  return useQuery({
    queryKey: ["carrier-accounts"],
    queryFn: ({ signal }) => http.get("/api/carrier-accounts", { signal }),
    select: (page) => page.items,
    enabled,
  });
}
