"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/client";

export function useMembers() {
  return useQuery({
    queryKey: ["members"],
    queryFn: ({ signal }) => http.get("/api/members", { signal }),
  });
}

export function useInvitations(enabled: boolean) {
  return useQuery({
    queryKey: ["invitations"],
    queryFn: ({ signal }) => http.get("/api/invitations", { signal }),
    enabled,
  });
}

export function useRoles() {
  return useQuery({
    queryKey: ["roles"],
    queryFn: ({ signal }) => http.get("/api/roles", { signal }),
    staleTime: 60 * 60_000,
  });
}

export function useTeamAct<V, R = unknown>(run: (value: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["members"] });
      void client.invalidateQueries({ queryKey: ["invitations"] });
    },
  });
}
