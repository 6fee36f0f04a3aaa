"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { Filter } from "../contacts/filter";
import type { Segment } from "./queries";
import { type Fields, fromFilter, type Group, newGroup, toFilter } from "./tree";

/** What a segment is made of besides its name. */
export interface Draft {
  root: Group;
  excludeSegmentIds: string[];
  includeContactIds: string[];
  excludeContactIds: string[];
}

export const EMPTY: Draft = {
  root: newGroup("all"),
  excludeSegmentIds: [],
  includeContactIds: [],
  excludeContactIds: [],
};

export const draftOf = (segment: Segment): Draft => ({
  root: fromFilter(segment.filter as Filter),
  excludeSegmentIds: segment.excludeSegmentIds,
  includeContactIds: segment.includeContactIds,
  excludeContactIds: segment.excludeContactIds,
});

/** As the API takes it. Nobody is chosen until a condition is finished: an empty filter would be everyone. */
export function bodyOf(draft: Draft, fields: Fields) {
  const { root, ...rest } = draft;
  return { filter: toFilter(root, fields), ...rest };
}

export const draftKey = (id: string) => ["segment-draft", id] as const;

/**
 * The form. What isn't saved waits in memory for whoever goes to look something up and comes back; never in storage, because
 * conditions may hold names and numbers.
 */
export function useSegmentForm(id: string, segment: Segment | undefined, fields: Fields) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<Draft | null>(null);
  const [version, setVersion] = useState<number | null>(null);
  const start = useCallback(
    (from: Draft, of: Segment | undefined) => {
      setDraft(from);
      setVersion(of?.version ?? null);
      client.removeQueries({ queryKey: draftKey(id) });
    },
    [client, id],
  );

  useEffect(() => {
    if (draft !== null) return;
    const kept = client.getQueryData<{ draft: Draft; version: number | null }>(draftKey(id));
    if (kept) {
      setDraft(kept.draft);
      setVersion(kept.version);
    } else if (segment) start(draftOf(segment), segment);
    else if (id === "new") start(EMPTY, undefined);
  }, [draft, segment, id, client, start]);

  const saved = useMemo(
    () => JSON.stringify(bodyOf(segment ? draftOf(segment) : EMPTY, fields)),
    [segment, fields],
  );
  const body = useMemo(() => (draft ? bodyOf(draft, fields) : null), [draft, fields]);
  const dirty = body !== null && fields.size > 0 && JSON.stringify(body) !== saved;

  const edit = useCallback((by: (now: Draft) => Draft) => setDraft((now) => by(now ?? EMPTY)), []);
  useEffect(() => {
    client.setQueryDefaults(["segment-draft"], { gcTime: Number.POSITIVE_INFINITY });
    if (draft && dirty) client.setQueryData(draftKey(id), { draft, version });
    else if (draft) client.removeQueries({ queryKey: draftKey(id) });
  }, [client, draft, dirty, id, version]);
  useEffect(() => {
    if (!dirty) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [dirty]);

  return { draft, body, dirty, version, edit, start };
}
