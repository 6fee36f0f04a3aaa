"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { http, rememberCsrf } from "@/api/client";
import { shutOut } from "./names";

const KEY = ["operator"] as const;

/** Errors are answers here: 401 and 403 mean that somebody must log in. */
export function useHealth() {
  return useQuery({
    queryKey: [...KEY, "health"],
    queryFn: ({ signal }) => http.get("/api/operator/health", { signal }),
    // A hub that restarts is the very thing this page is watched for: only a closed door ends the watch.
    refetchInterval: (query) => (shutOut(query.state.error) ? false : 5000),
    retry: false,
  });
}

export function useOperatorDoor() {
  const client = useQueryClient();
  const enter = useMutation({
    mutationFn: (body: { email: string; password: string }) => http.post("/api/operator/login", body),
    onSuccess: (me) => {
      rememberCsrf(me.csrfToken);
      return client.resetQueries({ queryKey: KEY });
    },
  });
  const leave = useMutation({
    mutationFn: async () => {
      rememberCsrf((await http.get("/api/operator/me")).csrfToken);
      await http.post("/api/operator/logout", undefined);
    },
    onSuccess: () => client.resetQueries({ queryKey: KEY }),
  });
  return { enter, leave };
}

/** Whoever comes back to an open session has no CSRF token yet. */
export function useDeadWorker() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (owner: string) => {
      rememberCsrf((await http.get("/api/operator/me")).csrfToken);
      await http.post("/api/operator/workers/dead", { owner });
    },
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
}
