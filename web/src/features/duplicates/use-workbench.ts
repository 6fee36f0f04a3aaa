"use client";

import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import { ApiError } from "@/api/client";
import type { Pair } from "@/api/types";
import { useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import type { Picks } from "./field-line";
import { useAnswers } from "./queries";
import { type Decision, NOTHING, reduce } from "./work";

const DECIDED: Record<string, Decision> = { merged: "merge", separate: "separate", shared: "shared" };

/** Deciding, taking back and going on: shown at once, saved behind, and returned to when the server says no. */
export function useWorkbench(pairs: Pair[]) {
  const t = useT();
  const errorText = useErrorText();
  const { resolve, undo } = useAnswers();
  const [work, dispatch] = useReducer(reduce, NOTHING);
  const [picks, setPicks] = useState<Record<string, Picks>>({});
  const [times, setTimes] = useState<number[]>([]);
  const saving = useRef(new Map<string, Promise<boolean>>());
  const ids = pairs.map((pair) => pair.id);
  const key = ids.join();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the ids by value, not the array of this render
  useEffect(() => {
    dispatch({ type: "loaded", ids });
  }, [key]);

  const refused = useCallback(
    (pair: Pair, decision: Decision, error: unknown) => {
      if (error instanceof ApiError && ["duplicate_answered", "duplicate_gone"].includes(error.code)) {
        const by = typeof error.problem.decidedBy === "string" ? error.problem.decidedBy : null;
        const theirs = DECIDED[String(error.problem.state)] ?? decision;
        dispatch({ type: "taken", ids: pairs.map((one) => one.id), id: pair.id, decision: theirs, by });
        toast(
          error.code === "duplicate_gone"
            ? t.duplicates.gone
            : t.duplicates.taken(by ?? t.duplicates.actions.separate.label),
        );
      } else {
        dispatch({ type: "refused", id: pair.id });
        toast(t.duplicates.failed(errorText(error)), { tone: "error" });
      }
    },
    [errorText, pairs, t],
  );

  const takeBack = useCallback(
    async (id: string) => {
      // The answer may still be on its way: it is taken back only once it has arrived.
      if (!((await saving.current.get(id)) ?? true)) return;
      dispatch({ type: "undo", id });
      try {
        await undo(id);
      } catch (error) {
        toast(t.duplicates.undoFailed(errorText(error)), { tone: "error" });
      }
    },
    [errorText, t, undo],
  );

  const decide = useCallback(
    (pair: Pair, decision: Decision) => {
      const chosen = picks[pair.id] ?? {};
      const name = pair.a.name || pair.b.name || t.duplicates.nameless;
      dispatch({ type: "answer", ids: pairs.map((one) => one.id), id: pair.id, decision });
      setTimes((before) => [...before, performance.now()]);
      const fields = Object.fromEntries(
        Object.entries(chosen).map(([field, side]) => [field, pair[side].id]),
      );
      const saved = resolve(pair.id, decision, { survivorId: pair.survivorId, fields }).then(
        () => true,
        (error: unknown) => {
          refused(pair, decision, error);
          return false;
        },
      );
      saving.current.set(pair.id, saved);
      toast(t.duplicates.toasts[decision](name), {
        undo: { label: t.common.undo, run: () => void takeBack(pair.id) },
      });
    },
    [pairs, picks, refused, resolve, t, takeBack],
  );

  const pick = useCallback((id: string, field: string, side: "a" | "b") => {
    setPicks((before) => ({ ...before, [id]: { ...before[id], [field]: side } }));
  }, []);

  return {
    work,
    dispatch,
    decide,
    takeBack,
    pick,
    picks: (work.current && picks[work.current]) || {},
    /** Seconds per answer, once there are enough to say. */
    pace: times.length < 3 ? null : ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000 / (times.length - 1),
  };
}
