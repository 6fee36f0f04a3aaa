"use client";

import type { RefObject } from "react";
import type { Contact } from "@/api/types";
import { useShortcuts } from "@/lib/keys";
import type { useSelection } from "./use-selection";

interface Props {
  rows: Contact[];
  active: number;
  setActive: (at: number) => void;
  /** A person is open beside the list: moving takes the next one there. */
  open: boolean;
  openRow: (contact: Contact) => void;
  close: () => void;
  tagRow: (contact: Contact, anchor: HTMLElement) => void;
  selection: ReturnType<typeof useSelection>;
  box: RefObject<HTMLInputElement | null>;
}

/** The list without a pointer. */
export function useListKeys({
  rows,
  active,
  setActive,
  open,
  openRow,
  close,
  tagRow,
  selection,
  box,
}: Props): void {
  const row = rows[active];
  const move = (by: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, active + by));
    setActive(next);
    const there = rows[next];
    if (open && there) openRow(there);
  };
  useShortcuts([
    { combo: "/", name: "search", group: "list", run: () => box.current?.focus() },
    { combo: "j", name: "nextRow", group: "list", run: () => move(1) },
    { combo: "k", name: "previousRow", group: "list", run: () => move(-1) },
    { combo: "arrowdown", group: "list", run: () => move(1) },
    { combo: "arrowup", group: "list", run: () => move(-1) },
    { combo: "x", name: "select", group: "list", run: () => row && selection.toggle(row, false) },
    {
      combo: "shift+j",
      name: "selectMore",
      group: "list",
      run: () => {
        if (row) selection.add(row);
        const next = rows[active + 1];
        if (next) selection.add(next);
        move(1);
      },
    },
    { combo: "mod+a", name: "selectAll", group: "list", run: () => selection.everyone() },
    {
      combo: "t",
      name: "tags",
      group: "list",
      run: () => {
        const anchor = document.querySelector<HTMLElement>(`[data-row="${active}"]`) ?? box.current;
        if (row && anchor) tagRow(row, anchor);
      },
    },
    { combo: "enter", name: "open", group: "list", run: () => row && openRow(row) },
    { combo: "escape", name: "clear", group: "list", run: () => (open ? close() : selection.clear()) },
  ]);
}
