"use client";

import { type QueryClient, type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useLayoutEffect } from "react";
import { takeHere } from "@/lib/boot";
import { type Answer, rememberCsrf } from "./client";

const page = (answer: unknown) => ({ pages: [answer], pageParams: [null] });

/** Where the answers to the boot script's questions belong in the cache (the keys of the features' own queries). */
export const PLACES: { url: string; key: QueryKey; of?: (answer: unknown) => unknown }[] = [
  { url: "/api/me", key: ["me"] },
  { url: "/api/quota", key: ["quota"] },
  { url: "/api/campaigns?limit=50", key: ["campaigns", "list", 50], of: page },
  {
    url: "/api/contacts?sort=-createdAt&limit=100",
    key: ["contacts", "list", { q: "", filter: {}, sort: "-createdAt" }],
    of: page,
  },
];

export function fillEarly(client: QueryClient): void {
  for (const { url, key, of } of PLACES) {
    const answer = takeHere(url);
    if (answer === undefined) continue;
    if (url === "/api/me") rememberCsrf((answer as Answer<"/api/me", "get">).csrfToken);
    client.setQueryData(key, of ? of(answer) : answer);
  }
}

/**
 * Stands before the page, so that its effect runs first: what has come in by then is drawn in the first pass after
 * hydration, instead of one pass per answer (a tenth of a second each on a slow machine).
 */
export function EarlyAnswers(): null {
  const client = useQueryClient();
  useLayoutEffect(() => fillEarly(client), [client]);
  return null;
}
