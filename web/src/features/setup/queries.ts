"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/client";
import type { Setup, StepKey, StepState } from "@/api/types";

/** Asked without a session: does anybody live here yet? */
export function useSetupStatus() {
  return useQuery({
    queryKey: ["setup", "status"],
    queryFn: ({ signal }) => http.get("/api/setup/status", { signal }),
    retry: false,
  });
}

export function useSetup(enabled: boolean) {
  return useQuery({
    queryKey: ["setup"],
    queryFn: ({ signal }) => http.get("/api/setup", { signal }),
    enabled,
  });
}

export interface StepChange {
  step: StepKey;
  state: StepState;
  /** Only with the step `address`; null means polling. */
  publicUrl?: string | null;
}

export function useStepState() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ step, ...body }: StepChange) => http.patch("/api/setup/{step}", body, { path: { step } }),
    onSuccess: (setup) => client.setQueryData<Setup>(["setup"], setup),
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
