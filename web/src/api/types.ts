/**
 * TEMPORARY: written by hand from the contract until `npm run types` can read the server's OpenAPI document. Each type
 * here becomes an alias of `components["schemas"][…]` in `schema.d.ts`.
 */
import type { Role } from "@/features/session/roles";

export interface Tenant {
  id: string;
  name: string;
  kind: "camp" | "sales";
  role: Role;
}

export interface Me {
  user: { id: string; name: string; email: string };
  tenants: Tenant[];
  tenantId: string | null;
  role: Role | null;
  permissions: string[];
  csrfToken: string;
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface Total {
  value: number;
  relation: "eq" | "gte";
}

export interface Quota {
  month: string;
  limit: number;
  used: number;
  reserved: number;
  remaining: number;
  ceiling: number | null;
  notices: { percent: number; message: string }[];
}

export interface Contact {
  id: string;
  name: string;
  title: string;
  phones: string[];
  emails: string[];
  kakaoIds: string[];
  otherPhones: string[];
  tags: string[];
  attributes: Record<string, string>;
  district: string;
  ageBand: string;
  address: string;
  birth: string;
  memo: string;
  basis: string;
  source: string;
  importId: string | null;
  suppressed: boolean;
  masked: boolean;
  version: number;
  createdAt: string;
  updatedAt: string;
}

export interface ContactPage extends Page<Contact> {
  total?: Total | null;
}

export interface TimelineItem {
  kind: string;
  at: string;
  title?: string;
  text?: string;
  state?: string;
  reason?: string;
  campaignId?: string | null;
  messageId?: string | null;
  channel?: string | null;
}

export interface Tag {
  id: string;
  name: string;
  sensitive: boolean;
  contacts: number;
}

export type ImportState = "uploaded" | "running" | "completed" | "failed" | "cancelled" | "undone";

export interface ImportColumn {
  index: number;
  name: string;
  target: string;
  confidence: number;
  reason: string;
}

export interface Import {
  id: string;
  state: ImportState;
  fileName?: string;
  size?: number;
  encoding?: string;
  sheets?: { name: string; rows: number }[];
  sheet?: string;
  headerRow?: number;
  columns?: ImportColumn[];
  mapping?: Record<string, string>;
  preview?: PreviewRow[];
  findings?: { code: string; count: number }[];
  rowsTotal: number;
  rowsDone: number;
  created: number;
  updated: number;
  merged: number;
  rejected: number;
  review: number;
  seconds: number | null;
  reasons?: { reason: string; label?: string; count: number }[];
  basis?: string;
  source?: string;
  policy?: "merge" | "skip" | "replace";
  tags?: string[];
  createdBy?: string;
  createdAt?: string;
  undoUntil?: string | null;
  error?: string | null;
}

export interface PreviewRow {
  row: number;
  cells: PreviewCell[];
}

export interface PreviewCell {
  raw: string;
  value?: string;
  state?: "plain" | "fixed" | "interpreted" | "bad" | "hidden";
  note?: string;
}

export interface Forecast {
  created: number;
  merged: number;
  review: number;
  rejected: number;
  seconds?: number;
}

export type CampaignState =
  | "draft"
  | "awaiting_approval"
  | "scheduled"
  | "launching"
  | "running"
  | "paused"
  | "held"
  | "finished"
  | "cancelled"
  | "stopped";

export type MessageState =
  | "queued"
  | "sending"
  | "accepted"
  | "delivered"
  | "failed"
  | "skipped"
  | "uncertain"
  | "cancelled"
  | "expired";

export interface Progress {
  state: CampaignState;
  audience: number;
  counts: Record<MessageState, number>;
  byReason: { reason: string; count: number; state?: MessageState }[];
  rate: number;
  etaSeconds: number | null;
  asOf: string;
}

export interface CampaignStep {
  channel: "sms" | "lms" | "alimtalk" | "brand";
  senderId: string;
  templateId?: string | null;
  body?: string;
  subject?: string;
}

export interface Campaign {
  id: string;
  name: string;
  messageClass: string;
  state: CampaignState;
  audience?: number;
  counts?: Partial<Record<MessageState, number>>;
  steps: CampaignStep[];
  filter?: unknown;
  contactIds?: string[] | null;
  schedule?: { at: string | null; notAfter?: string | null } | null;
  createdAt: string;
  createdBy?: string;
  launchedAt?: string | null;
  finishedAt?: string | null;
  heldReason?: string | null;
}

export interface Verdict {
  rule: string;
  level: "block" | "hold" | "warn" | "label" | "ok";
  message: string;
}

export interface Check {
  audience: number;
  excluded: { reason: string; count: number }[];
  perChannel: Record<string, number>;
  bytes: { min: number; max: number };
  cost: { min: number; max: number };
  finishAt: string | null;
  quotaAfter: number | null;
  verdicts: Verdict[];
  digest: string;
}

export interface CampaignMessage {
  id: string;
  contactId: string | null;
  name?: string;
  phone?: string;
  state: MessageState;
  reason: string | null;
  channel: string | null;
  updatedAt?: string;
}

export interface Attempt {
  channel: string;
  state: string;
  code?: string | null;
  at?: string;
  reason?: string | null;
}

export interface Message extends CampaignMessage {
  text: string | null;
  attempts: Attempt[];
}

export interface Explanation {
  outcome: string;
  reason: string | null;
  checks: { check: string; result: string; value?: string | null; at?: string | null }[];
  attempts: Attempt[];
}

export interface Preview {
  text: string;
  bytes: number;
  channel: string;
  charsNotEncodable: { char: string; replacement: string }[];
  replacedText: string;
  missing: string[];
  problems: { level: "block" | "warn"; code: string; message: string }[];
  price: number;
}

export interface Sender {
  id: string;
  kind: "phone" | "kakao";
  value: string;
  name?: string;
  state: string;
}

export interface Member {
  id: string;
  name: string;
  email: string;
  role: Role;
  state?: string;
  lastSeenAt?: string | null;
}

export interface Changed {
  topic: string;
  id: string;
}
