"use client";

import { useCallback, useMemo, useRef, useState } from "react";
import type { Contact } from "@/api/types";
import { type Chips, toFilter } from "./filter";
import type { Selection } from "./queries";

/**
 * Which people are chosen. "All" is a condition with exceptions, never 100,000 ids; it is offered only where the server
 * can repeat the condition (a typed search is not one), otherwise "all" means the rows that are loaded.
 */
export function useSelection(rows: Contact[], total: number, canSelectAll: boolean) {
  const [all, setAll] = useState(false);
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef<string | null>(null);
  const loaded = useRef(rows);
  loaded.current = rows;

  const toggle = useCallback((contact: Contact, range: boolean) => {
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
  }, []);

  const add = useCallback((contact: Contact) => setIds((before) => new Set(before).add(contact.id)), []);

  const clear = useCallback(() => {
    setAll(false);
    setIds((before) => (before.size === 0 ? before : new Set()));
  }, []);

  const toggleAll = useCallback(() => {
    if (all || ids.size > 0) clear();
    else if (canSelectAll) setAll(true);
    else setIds(new Set(loaded.current.map((c) => c.id)));
  }, [all, ids, canSelectAll, clear]);

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
      value: (chips: Chips): Selection => (all ? { filter: toFilter(chips, [...ids]) } : { ids: [...ids] }),
    }),
    [all, ids, count, total, toggle, add, clear, toggleAll],
  );
}
