"use client";

import { useCallback, useMemo, useRef, useState } from "react";
import type { Contact } from "@/api/types";
import { type Filter, joined, without } from "./filter";
import type { Selection } from "./queries";

/** What "everyone" means on this page: the conditions over it, what was typed, and the segment that was opened. */
export interface Whole {
  filter: Filter;
  q: string;
  segmentId: string | null;
  /** The segment as conditions; null when it is more than that (it leaves out another one, or has people put in by hand). */
  segmentFilter: Filter | null;
}

/** The whole but these as the server takes it; null: it can't be said. */
export function allBut(whole: Whole, excluded: readonly string[]): Selection | null {
  const plain = Object.keys(whole.filter).length === 0 && whole.q === "" && excluded.length === 0;
  if (whole.segmentId && plain) return { segmentId: whole.segmentId };
  if (whole.segmentId && !whole.segmentFilter) return null;
  const filter = joined([whole.segmentFilter ?? {}, whole.filter, ...without(excluded)]);
  return whole.q ? { filter, q: whole.q } : { filter };
}

/**
 * Which people are chosen. "All" is a condition with exceptions, never 100,000 ids, and the server reads it again when something is
 * done with it. Where the server can't repeat it, "all" means the rows that are loaded.
 */
export function useSelection(rows: Contact[], total: number, whole: Whole) {
  const [all, setAll] = useState(false);
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef<string | null>(null);
  const loaded = useRef(rows);
  loaded.current = rows;
  const canSelectAll = allBut(whole, []) !== null;
  const canExcept = allBut(whole, ["one"]) !== null;

  const toggle = useCallback(
    (contact: Contact, range: boolean) => {
      if (all && !canExcept) {
        // One taken out of what can't be said with exceptions: the rest of what is loaded stays chosen.
        setAll(false);
        setIds(new Set(loaded.current.map((c) => c.id).filter((id) => id !== contact.id)));
        return;
      }
      setIds((before) => {
        const next = new Set(before);
        const list = loaded.current;
        const from = range ? list.findIndex((c) => c.id === anchor.current) : -1;
        const until = list.findIndex((c) => c.id === contact.id);
        if (from >= 0 && until >= 0) {
          for (const c of list.slice(Math.min(from, until), Math.max(from, until) + 1)) next.add(c.id);
        } else if (!next.delete(contact.id)) next.add(contact.id);
        return next;
      });
      anchor.current = contact.id;
    },
    [all, canExcept],
  );

  const add = useCallback(
    (contact: Contact) => {
      if (!all) setIds((before) => new Set(before).add(contact.id));
    },
    [all],
  );

  const clear = useCallback(() => {
    setAll(false);
    setIds((before) => (before.size === 0 ? before : new Set()));
  }, []);

  const everyone = useCallback(() => {
    setAll(canSelectAll);
    setIds(canSelectAll ? new Set() : new Set(loaded.current.map((c) => c.id)));
  }, [canSelectAll]);

  const toggleAll = useCallback(() => {
    if (all || ids.size > 0) clear();
    else everyone();
  }, [all, ids, clear, everyone]);

  // With `all`, the ids are the exceptions.
  const count = all ? Math.max(0, total - ids.size) : ids.size;
  return useMemo(
    () => ({
      count,
      everything: all ? ids.size === 0 : count >= total,
      isFilter: all,
      has: (id: string) => (all ? !ids.has(id) : ids.has(id)),
      toggle,
      add,
      clear,
      toggleAll,
      everyone,
      value: (): Selection => (all ? (allBut(whole, [...ids]) ?? { ids: [] }) : { ids: [...ids] }),
    }),
    [all, ids, count, total, whole, toggle, add, clear, toggleAll, everyone],
  );
}
