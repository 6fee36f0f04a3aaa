"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/client";
import type { Page } from "@/api/types";
import type { Role } from "../session/roles";

export interface Member {
  id: string;
  email: string;
  name: string;
  role: Role;
  joinedAt: string;
  lastSeenAt: string | null;
}

export interface Invitation {
  id: string;
  email: string;
  role: Role;
  expiresAt: string;
}

export interface NewInvitation extends Invitation {
  url: string;
}

export interface Roles {
  roles: { role: Role; label: string }[];
  permissions: { permission: string; label: string; roles: Role[] }[];
}

export function useMembers() {
  return useQuery({
    queryKey: ["members"],
    queryFn: ({ signal }) => http.get<Page<Member>>("/api/members", { signal }),
  });
}

export function useInvitations(enabled: boolean) {
  return useQuery({
    queryKey: ["invitations"],
    queryFn: ({ signal }) => http.get<Page<Invitation>>("/api/invitations", { signal }),
    enabled,
  });
}

export function useRoles() {
  return useQuery({
    queryKey: ["roles"],
    queryFn: ({ signal }) => http.get<Roles>("/api/roles", { signal }),
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
