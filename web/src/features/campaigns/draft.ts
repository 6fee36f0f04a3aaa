"use client";

import type { Campaign, CampaignStep, MessageClass } from "@/api/types";
import { koreanInput } from "@/lib/format";
import { read, write } from "@/lib/storage";
import type { Filter } from "../contacts/filter";

/** Who a campaign goes to, as the API takes it. */
export type Audience = { contactIds: string[] } | { filter: Filter } | { segmentId: string };

/** What one channel says. An AlimTalk has no text of its own: its template's goes out. */
export interface StepText {
  channel: "sms" | "alimtalk";
  senderId: string;
  templateId: string;
  body: string;
  subject: string;
  /** What the server keeps of it and the form doesn't show: it goes back as it came, on the channel that it came with. */
  kept?: KeptStep;
}

export type SharedNumbers = NonNullable<Campaign["sharedNumbers"]>;

export type KeptStep = Pick<CampaignStep, "missingPolicy" | "defaults" | "formats"> & {
  channel: CampaignStep["channel"];
  /** Of a text: its words when the body is empty, its rules for missing values. */
  templateId?: string | null;
};

/** A step for whoever didn't get the one before it. */
export interface NextStep extends StepText {
  /** Null: the server's own choice of failures. */
  fallbackOn: NonNullable<CampaignStep["fallbackOn"]> | null;
  afterSeconds: number;
}

/** Hours of a day in Korea, as a `time` field has them: "09:00". */
export interface SendWindow {
  from: string;
  until: string;
}

/** Where `#{링크}` (the empty key) or `#{링크:key}` leads. */
export interface DraftLink {
  key: string;
  url: string;
}

/** One of several texts. The first is the steps' own: its bodies are empty here. */
export interface DraftVariant {
  key: string;
  name: string;
  share: number;
  body: string;
  /** Of the further steps, in their order; empty: as the step says it. */
  next?: string[];
  /** What the server keeps of it and the form doesn't show. */
  kept?: NonNullable<Campaign["variants"]>[number]["steps"];
}

/** Its first step's text stands in the draft itself. */
export interface Draft extends StepText {
  /** Of the server's copy, once there is one. */
  id: string | null;
  name: string;
  /** Empty until chosen: it is never guessed. */
  messageClass: MessageClass | "";
  audience: Audience;
  /** Of several people on one number: who gets it. */
  sharedNumbers: SharedNumbers;
  /** An advert that goes out at night, too, to those who agreed to that apart. */
  night?: boolean;
  /** How many were chosen when the audience came from a selection. */
  chosen: number | null;
  next: NextStep[];
  links?: DraftLink[];
  /** None, or two and more whose shares are 100. */
  variants?: DraftVariant[];
  /** People may get two steps where nobody can tell whether the first arrived. */
  mayOverlap: boolean;
  scheduleAt: string;
  /** Whoever has nothing by then gets nothing; set through the API alone. */
  notAfter?: string | null;
  /** Null: at any hour. */
  window: SendWindow | null;
  /** Of the server's copy that this was made from: a later one is somebody else's. */
  version?: number | null;
  savedAt: number;
}

export const MAX_STEPS = 3;

const NO_TEXT: StepText = { channel: "sms", senderId: "", templateId: "", body: "", subject: "" };

export const NEXT: NextStep = { ...NO_TEXT, fallbackOn: null, afterSeconds: 0 };

export const EMPTY: Draft = {
  ...NO_TEXT,
  id: null,
  name: "",
  messageClass: "",
  audience: { filter: {} },
  sharedNumbers: "first",
  chosen: null,
  next: [],
  mayOverlap: false,
  scheduleAt: "",
  window: null,
  savedAt: 0,
};

/** Under it lie text and ids only: a draft kept in the browser holds no name and no number. */
const KEY = "draft:campaign";
const SERVER_KEY = "draft:campaign-server";

/** How the server, which wants a name, calls a draft that has none yet. The form shows it as empty and still asks for one. */
export const UNNAMED = "이름 없는 캠페인";

function textOf(step: CampaignStep | undefined): StepText {
  if (!step) return NO_TEXT;
  const kakao = step.channel === "alimtalk";
  return {
    channel: kakao ? "alimtalk" : "sms",
    senderId: step.senderId ?? "",
    templateId: kakao ? (step.templateId ?? "") : "",
    body: step.body ?? "",
    subject: step.subject ?? "",
    kept: keptOf(step),
  };
}

function keptOf(step: CampaignStep): KeptStep {
  const kept: KeptStep = { channel: step.channel };
  if (step.missingPolicy) kept.missingPolicy = step.missingPolicy;
  if (step.defaults) kept.defaults = step.defaults;
  if (step.formats) kept.formats = step.formats;
  if (step.channel !== "alimtalk" && step.templateId) kept.templateId = step.templateId;
  return kept;
}

/** A campaign that the server keeps, back in the form. */
export function draftOf(campaign: Campaign): Draft {
  const [first, ...rest] = campaign.steps;
  return {
    ...EMPTY,
    id: campaign.id,
    name: campaign.name === UNNAMED ? "" : campaign.name,
    messageClass: campaign.messageClass,
    audience: campaign.contactIds
      ? { contactIds: campaign.contactIds }
      : campaign.segmentId
        ? { segmentId: campaign.segmentId }
        : { filter: (campaign.filter ?? {}) as Filter },
    sharedNumbers: campaign.sharedNumbers ?? "first",
    night: campaign.night ?? false,
    ...textOf(first),
    next: rest.map((step) => ({
      ...textOf(step),
      fallbackOn: step.fallbackOn ?? null,
      afterSeconds: step.afterSeconds ?? 0,
    })),
    links: campaign.links?.map((one) => ({ key: one.key ?? "", url: one.url ?? "" })) ?? [],
    variants:
      campaign.variants?.map((one) => ({
        key: one.key,
        name: one.name ?? "",
        share: one.share,
        body: one.steps?.[0]?.body ?? "",
        next: one.steps?.slice(1).map((step) => step?.body ?? "") ?? [],
        kept: one.steps,
      })) ?? [],
    mayOverlap: campaign.mayOverlap,
    scheduleAt: campaign.schedule?.at ? koreanInput(campaign.schedule.at) : "",
    notAfter: campaign.schedule?.notAfter ?? null,
    window: campaign.sendWindow ?? null,
    version: campaign.version,
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
  write(SERVER_KEY, null);
}

/** What this browser knows of the server's copy of its draft. */
export interface Server {
  /** As the server last said it: what differs from it is mine. */
  base: Draft | null;
  /** The body that it said so to: another one isn't saved yet. */
  sent: string;
  /** A copy was asked for and nobody knows whether it was made: asked the same again, the server says the same. */
  creating: { key: string; body: unknown } | null;
}

export function loadServer(): Server {
  const none = { base: null, sent: "", creating: null };
  try {
    return { ...none, ...(JSON.parse(read(SERVER_KEY) ?? "{}") as Partial<Server>) };
  } catch {
    return none;
  }
}

export function saveServer(server: Server): void {
  write(SERVER_KEY, JSON.stringify(server));
}

/** A campaign to people chosen elsewhere; a text that was begun is kept. */
export function startWith(
  audience: { ids: string[] } | { filter: Filter } | { segmentId: string },
  chosen: number | null,
): void {
  const to: Audience = "ids" in audience ? { contactIds: audience.ids } : audience;
  saveDraft({ ...loadDraft(), audience: to, chosen });
}
