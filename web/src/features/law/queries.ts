"use client";

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/client";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type Candidacy = Schemas["CandidacyOut"];
export type CandidacyIn = Schemas["CandidacyIn"];
export type Calendar = Schemas["CalendarOut"];
export type LawWindow = Schemas["WindowOut"];
export type TodayLine = Schemas["TodayLineOut"];
export type LawRule = Schemas["RuleOut"];
export type LawProfile = Schemas["ProfileModel"];

/** `on`: a day in Korea; null is today. The day before stays on screen until the new one is here. */
export function useToday(on: string | null, enabled = true) {
  return useQuery({
    queryKey: ["law", "today", on],
    queryFn: ({ signal }) => http.get("/api/law/today", { query: { on }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
  });
}

export function useCalendar(on: string | null, enabled = true) {
  return useQuery({
    queryKey: ["law", "calendar", on],
    queryFn: ({ signal }) => http.get("/api/election-calendar", { query: { on }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
  });
}

export function useCandidacies(enabled = true) {
  return useQuery({
    queryKey: ["law", "candidacies"],
    queryFn: ({ signal }) => http.get("/api/candidacies", { signal }),
    select: (page) => page.items,
    enabled,
  });
}

export function useRules() {
  return useQuery({
    queryKey: ["law", "rules"],
    queryFn: ({ signal }) => http.get("/api/rules", { signal }),
  });
}

export function useProfile() {
  return useQuery({
    queryKey: ["law", "profile"],
    queryFn: ({ signal }) => http.get("/api/law/profile", { signal }),
  });
}

export function useAttestation() {
  return useQuery({
    queryKey: ["law", "attestation"],
    queryFn: ({ signal }) => http.get("/api/law/attestation", { signal }),
  });
}

/** Names by id; whoever has left has none. */
export function useNames(): (id: string | null) => string {
  const members = useQuery({
    queryKey: ["members"],
    queryFn: ({ signal }) => http.get("/api/members", { signal }),
    staleTime: 60_000,
  });
  return (id) => members.data?.items.find((one) => one.id === id)?.name ?? "";
}

/** What is written here changes what may be sent, so the whole page asks again. */
export function useLawAct<V, R>(run: (value: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["law"] });
      void client.invalidateQueries({ queryKey: ["setup"] });
    },
  });
}

export const putProof = ({ id, file }: { id: string; file: File }) =>
  http.put("/api/candidacies/{candidacy_id}/proof", file, { path: { candidacy_id: id } });

/** 증빙 묶음: the proof of the eight as one file. */
export const bundleUrl = (candidacy: Candidacy) => `/api/candidacies/${candidacy.id}/bundle.zip`;
