"use client";

import { useCallback, useEffect, useReducer, useState } from "react";
import { ApiError } from "@/api/client";
import type { CampaignMessage, Resolution } from "@/api/types";
import { useErrorText } from "@/components/ui/states";
import { toast } from "@/lib/toast";
import { useResolve } from "./queries";
import { useWords } from "./words";
import { type Item, NOTHING, reduce, shares, wholeOf } from "./work";

export const settledKey = (item: Item, person: CampaignMessage) => `${item.id} ${person.id}`;

/** Deciding about a group or one of its people: shown at once as being saved, told as the server counted it. */
export function useDesk(items: Item[], loadedAt: number) {
  const w = useWords();
  const errorText = useErrorText();
  const resolve = useResolve();
  const [desk, dispatch] = useReducer(reduce, NOTHING);
  /** Single people, by group and message: sent to again, somebody may become unknown again in another group. */
  const [settled, setSettled] = useState<Record<string, { decision: Resolution; saved: boolean }>>({});
  const ids = items.map((item) => item.id);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was read, told apart by when
  useEffect(() => {
    if (loadedAt > 0) dispatch({ type: "loaded", ids, at: loadedAt });
  }, [loadedAt, ids.join()]);

  const told = useCallback(
    (decision: Resolution, resolved: number, asked: number) => {
      const words = [resolved > 0 && w.done[decision](resolved)];
      if (resolved === 0) words.push(w.tooLate);
      else if (resolved < asked) words.push(w.meanwhile(asked - resolved));
      toast(words.filter(Boolean).join(". "));
    },
    [w],
  );

  const decideGroup = useCallback(
    async (item: Item, decision: Resolution, reason: string) => {
      const { people, requestId } = item.group;
      const name = item.send.campaignName || w.noCampaign;
      dispatch({ type: "decide", id: item.id, decision, people, name });
      try {
        const { resolved } = await resolve.group({ sendId: item.send.sendId, requestId, decision, reason });
        dispatch({ type: "answered", id: item.id, resolved, at: Date.now() });
        told(decision, resolved, people);
      } catch (error) {
        dispatch({ type: "refused", id: item.id });
        toast(w.failed(errorText(error)), { tone: "error" });
      }
    },
    [errorText, resolve, w, told],
  );

  const decideSend = useCallback(
    async (send: Item["send"], decision: Resolution, reason: string) => {
      const name = send.campaignName || w.noCampaign;
      for (const { requestId, people } of send.groups)
        dispatch({ type: "decide", id: requestId, decision, people, name });
      try {
        const { resolved } = await resolve.send({ sendId: send.sendId, decision, reason });
        const each = shares(send.groups, resolved);
        send.groups.forEach(({ requestId }, index) => {
          dispatch({ type: "answered", id: requestId, resolved: each[index] ?? 0, at: Date.now() });
        });
        told(decision, resolved, wholeOf(send).people);
      } catch (error) {
        for (const { requestId } of send.groups) dispatch({ type: "refused", id: requestId });
        toast(w.failed(errorText(error)), { tone: "error" });
      }
    },
    [errorText, resolve, w, told],
  );

  const decidePerson = useCallback(
    async (item: Item, person: CampaignMessage, decision: Resolution, reason: string) => {
      const key = settledKey(item, person);
      setSettled((before) => ({ ...before, [key]: { decision, saved: false } }));
      try {
        await resolve.person({ messageId: person.id, decision, reason });
        setSettled((before) => ({ ...before, [key]: { decision, saved: true } }));
        told(decision, 1, 1);
      } catch (error) {
        setSettled(({ [key]: _, ...rest }) => rest);
        if (error instanceof ApiError && error.code === "not_uncertain") toast(w.tooLate);
        else toast(w.failed(errorText(error)), { tone: "error" });
      }
    },
    [errorText, resolve, w, told],
  );

  return { desk, dispatch, settled, decideGroup, decideSend, decidePerson };
}

export type Settled = ReturnType<typeof useDesk>["settled"];
