"use client";

import type { Campaign, MessageClass } from "@/api/types";
import { koreanInput } from "@/lib/format";
import { read, write } from "@/lib/storage";
import type { Filter } from "../contacts/filter";

/** Who a campaign goes to, as the API takes it. */
export type Audience = { contactIds: string[] } | { filter: Filter };

export interface Draft {
  /** Of the server's copy, once there is one. */
  id: string | null;
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
  id: null,
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
/** A campaign that the server keeps, back in the form. */
export function draftOf(campaign: Campaign): Draft {
  const step = campaign.steps[0];
  return {
    ...EMPTY,
    id: campaign.id,
    name: campaign.name,
    messageClass: campaign.messageClass,
    audience: campaign.contactIds
      ? { contactIds: campaign.contactIds }
      : { filter: (campaign.filter ?? {}) as Filter },
    senderId: step?.senderId ?? "",
    body: step?.body ?? "",
    subject: step?.subject ?? "",
    scheduleAt: campaign.schedule?.at ? koreanInput(campaign.schedule.at) : "",
  };
}

/** Is there anything in it that would be a pity to lose? */
export function hasContent(draft: Draft): boolean {
  return draft.name.trim() !== "" || draft.body.trim() !== "";
}

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
