"use client";

import type { MessageClass } from "@/api/types";
import { read, write } from "@/lib/storage";
import type { Filter } from "../contacts/filter";

/** Who a campaign goes to, as the API takes it. */
export type Audience = { contactIds: string[] } | { filter: Filter };

export interface Draft {
  name: string;
  /** Empty until chosen: it is never guessed. */
  messageClass: MessageClass | "";
  audience: Audience;
  /** How many were chosen when the audience came from a selection. */
  chosen: number | null;
  senderId: string;
  body: string;
  subject: string;
  scheduleAt: string;
  savedAt: number;
}

export const EMPTY: Draft = {
  name: "",
  messageClass: "",
  audience: { filter: {} },
  chosen: null,
  senderId: "",
  body: "",
  subject: "",
  scheduleAt: "",
  savedAt: 0,
};

const KEY = "draft:campaign";

/** Text and ids only: a draft kept in the browser holds no name and no number. */
export function loadDraft(): Draft {
  try {
    const raw = read(KEY);
    return raw ? { ...EMPTY, ...(JSON.parse(raw) as Partial<Draft>) } : EMPTY;
  } catch {
    return EMPTY;
  }
}

export function saveDraft(draft: Draft): void {
  write(KEY, JSON.stringify({ ...draft, savedAt: Date.now() }));
}

export function dropDraft(): void {
  write(KEY, null);
}

/** A campaign to people chosen elsewhere; a text that was begun is kept. */
export function startWith(audience: { ids: string[] } | { filter: Filter }, chosen: number): void {
  const to: Audience = "ids" in audience ? { contactIds: audience.ids } : audience;
  saveDraft({ ...loadDraft(), audience: to, chosen });
}
