"use client";

import { useSyncExternalStore } from "react";
import { read, write } from "./storage";

/**
 * Long work this person started, remembered across reloads so that its progress stays in sight on every page.
 * Only ids: what it is and how far it got is asked from the server each time.
 */
export interface Followed {
  kind: "import" | "campaign";
  id: string;
  tenantId: string;
}

const EVENT = "pabal:followed";
const MOST = 5;
let cache: { raw: string | null; value: Followed[] } = { raw: null, value: [] };

function current(): Followed[] {
  const raw = read("followed");
  if (raw !== cache.raw) {
    let value: Followed[] = [];
    try {
      value = raw ? (JSON.parse(raw) as Followed[]) : [];
    } catch {
      value = [];
    }
    cache = { raw, value };
  }
  return cache.value;
}

function save(list: Followed[]): void {
  write("followed", JSON.stringify(list.slice(0, MOST)));
  window.dispatchEvent(new Event(EVENT));
}

export function follow(work: Followed): void {
  save([work, ...current().filter((w) => w.id !== work.id)]);
}

export function unfollow(id: string): void {
  if (current().some((w) => w.id === id)) save(current().filter((w) => w.id !== id));
}

const NONE: Followed[] = [];

export function useFollowed(): Followed[] {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener(EVENT, listener);
      window.addEventListener("storage", listener);
      return () => {
        window.removeEventListener(EVENT, listener);
        window.removeEventListener("storage", listener);
      };
    },
    current,
    () => NONE,
  );
}
