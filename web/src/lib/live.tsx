"use client";

import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef } from "react";
import type { Changed } from "@/api/types";
import { type SseState, useSse } from "./sse";

const LiveContext = createContext<SseState>("connecting");

/** What a topic's news makes stale: the first part of the query keys that show it. */
const TOPICS: Record<string, (id: string) => QueryKey[]> = {
  // The server lost its own thread for a moment: anything may have changed.
  "*": () => [[]],
  campaign: (id) => [["campaigns"], ["campaign", id], ["quota"], ["uncertain"]],
  import: (id) => [["imports"], ["import", id], ["contacts"], ["duplicate-counts"]],
  duplicate: () => [["duplicate-counts"]],
  inbox: () => [["inbox"], ["phones"]],
  record: () => [["records"]],
  automation: () => [["automations"]],
  quota: () => [["quota"]],
  job: (id) => [["job", id]],
  bulk_edit: (id) => [["bulk-edits"], ["bulk-edit", id], ["contacts"], ["contact"], ["tags"]],
};

/** Counters move many times a second during a send; four reads a second are plenty for an eye. */
const GATHER_MS = 250;
const SETTLE_MS = 1500;

/** One stream per tab: "something changed" makes the queries that show it read again. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const stale = useRef(new Map<string, QueryKey>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const gather = useCallback(
    (keys: QueryKey[]) => {
      for (const key of keys) stale.current.set(JSON.stringify(key), key);
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        const due = [...stale.current.values()];
        stale.current.clear();
        // A read in flight is left to finish: cancelling it at every tick would starve the screen.
        for (const queryKey of due) void client.invalidateQueries({ queryKey }, { cancelRefetch: false });
      }, GATHER_MS);
    },
    [client],
  );

  const opened = useRef(0);
  const state = useSse<Changed>({
    url: "/api/events",
    event: "changed",
    onMessages: (messages) => {
      // A new subscription begins with "anything may have changed"; what this page shows was read a moment ago.
      const settling = performance.now() - opened.current < SETTLE_MS;
      gather(
        messages.filter((m) => !(settling && m.topic === "*")).flatMap((m) => TOPICS[m.topic]?.(m.id) ?? []),
      );
    },
    onOpen: () => {
      // After a gap anything may have changed.
      if (opened.current > 0) gather([[]]);
      else opened.current = performance.now();
    },
  });

  useEffect(() => () => clearTimeout(timer.current), []);
  return <LiveContext.Provider value={state}>{children}</LiveContext.Provider>;
}

export function useLive(): SseState {
  return useContext(LiveContext);
}

/** Polling stands in while the stream is away. */
export function usePollWhenOffline(milliseconds: number): number | false {
  return useLive() === "open" ? false : milliseconds;
}
