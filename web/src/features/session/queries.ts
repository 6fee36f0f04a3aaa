"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { http, rememberCsrf } from "@/api/client";
import { useNavigate } from "@/lib/router";

export const ME = ["me"] as const;

export function useMe() {
  return useQuery({
    queryKey: ME,
    queryFn: async ({ signal }) => {
      const me = await http.get("/api/me", { signal });
      rememberCsrf(me.csrfToken);
      return me;
    },
    staleTime: 5 * 60_000,
  });
}

export function useTenant() {
  const me = useMe().data;
  return me?.tenants.find((tenant) => tenant.id === me.tenantId);
}

export function useLogin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (credentials: { email: string; password: string }) =>
      http.post("/api/auth/login", credentials),
    onSuccess: (me) => {
      rememberCsrf(me.csrfToken);
      client.clear();
    },
  });
}

export function useLogout() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => http.post("/api/auth/logout", undefined),
    onSettled: () => {
      client.clear();
      navigate.replace("/login");
    },
  });
}

export function useSwitchTenant() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (tenantId: string) => http.post("/api/me/tenant", { tenantId }),
    // Nothing of the other tenant may stay on screen or in memory, so the page starts afresh.
    onSuccess: () => {
      client.clear();
      window.location.assign("/");
    },
  });
}

export const QUOTA = ["quota"] as const;

export function useQuota() {
  return useQuery({
    queryKey: QUOTA,
    queryFn: ({ signal }) => http.get("/api/quota", { signal }),
  });
}
