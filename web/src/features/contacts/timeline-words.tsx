"use client";

import {
  CalendarClock,
  CircleSlash,
  FilePlus2,
  FileUp,
  GitMerge,
  Link2,
  type LucideIcon,
  MailX,
  MessageSquare,
  Pencil,
  Send,
  ShieldCheck,
  StickyNote,
  Table2,
  Tag,
  UserCheck,
} from "lucide-react";
import type { BadgeTone } from "@/components/ui/badge";
import { useFormat, useT } from "@/lib/i18n";
import { usePurposeWords } from "./purpose-words";
import type { TimelineItem } from "./view-queries";
import { useViewWords } from "./view-words";

export const ICONS: Record<TimelineItem["kind"], LucideIcon> = {
  message: Send,
  click: Link2,
  reply: MessageSquare,
  automation: CircleSlash,
  consent: ShieldCheck,
  opt_out: MailX,
  created: FilePlus2,
  import: FileUp,
  merge: GitMerge,
  merge_undone: GitMerge,
  edit: Pencil,
  tags: Tag,
  decision: UserCheck,
  record: Table2,
  request: CalendarClock,
  note: StickyNote,
};

export interface Said {
  title: string;
  detail: string[];
  badge?: { text: string; tone: BadgeTone };
  /** Something that went against what was wanted. */
  bad?: boolean;
}

const TONES: Record<string, BadgeTone> = {
  delivered: "success",
  accepted: "brand",
  failed: "danger",
  skipped: "warning",
  uncertain: "warning",
};

/** One event as a sentence. `names`: of other contacts that it mentions. */
export function useSaid(names: Record<string, string>): (item: TimelineItem) => Said {
  const t = useT();
  const purposes = usePurposeWords();
  const f = useFormat();
  const w = useViewWords();
  const channel = (code: unknown) => t.contacts.channels[String(code)] ?? String(code);
  const quoted = (list: unknown) => (list as string[]).map((one) => `‘${one}’`).join(", ");
  const people = (ids: unknown) => (ids as string[]).map((id) => `‘${names[id] || w.someone}’`).join(", ");
  const reason = (code: string) => t.campaigns.reasons[code] ?? t.campaigns.reasonUnknown(code);
  const undone = (at: unknown) => (at ? [w.undoneOn(f.date(String(at)))] : []);
  const fieldOf = (name: string) => w.fields[name] ?? name.replace(/^attributes\./, "");

  return (item) => {
    const d = item.detail as Record<string, unknown>;
    const by = item.by?.name ? [w.by(item.by.name)] : [];
    switch (item.kind) {
      case "message": {
        const state = String(d.state);
        const last = item.attempts.at(-1);
        const text = state === "skipped" ? w.notSent : (t.campaigns.messageStates[state] ?? state);
        const why = d.reason ? [reason(String(d.reason))] : [];
        return {
          title: item.title || w.rule,
          badge: { text, tone: TONES[state] ?? "neutral" },
          detail: [...(last ? [item.attempts.map((one) => channel(one.channel)).join(" → ")] : []), ...why],
        };
      }
      case "click":
        return { title: item.title, detail: [d.class === "human" ? w.clicked : w.clickedBot] };
      case "reply":
        return {
          title: d.optOut ? w.repliedOptOut : w.replied,
          detail: [channel(d.channel)],
          bad: Boolean(d.optOut),
        };
      case "automation":
        return {
          title: item.title || w.rule,
          badge: { text: w.notSent, tone: "warning" },
          detail: [reason(String(d.reason))],
        };
      case "consent": {
        const purpose = String(d.purpose);
        const what = `${channel(d.channel)} ${purposes.of[purpose] ?? purpose}`;
        const granted = d.state === "granted";
        return { title: granted ? w.granted(what) : w.withdrawn(what), detail: by, bad: !granted };
      }
      case "opt_out": {
        const where = d.channel === "all" ? w.allChannels : channel(d.channel);
        return { title: w.refused(where), detail: [String(d.reason), ...by], bad: true };
      }
      case "created":
        return { title: w.created, detail: [String(d.source ?? ""), ...by].filter(Boolean) };
      case "import":
        return {
          title: w.imported(item.title),
          detail: [w.rows((d.rows as number[]).slice(0, 3).join(", ")), ...by, ...undone(d.undoneAt)],
        };
      case "merge":
        return {
          title: w.merged(people(d.others)),
          detail: [...(d.automatic ? [w.automatic] : by), ...undone(d.undoneAt)],
        };
      case "merge_undone":
        return { title: w.mergedBack(people(d.others)), detail: by };
      case "edit": {
        const moved = item.after.district !== undefined;
        const title = moved
          ? w.moved(item.before.district ?? "", item.after.district ?? "")
          : item.fields.length > 0
            ? w.edited(item.fields.map(fieldOf).join(", "))
            : w.editedCard;
        const also = moved ? item.fields.filter((one) => one !== "district").map(fieldOf) : [];
        return { title, detail: [...also, ...by, ...undone(d.undoneAt)] };
      }
      case "tags": {
        const parts = [
          ...((d.added as string[]).length ? [w.tagsAdded(quoted(d.added))] : []),
          ...((d.removed as string[]).length ? [w.tagsRemoved(quoted(d.removed))] : []),
        ];
        const many = Number(d.people) > 1 ? [w.together(Number(d.people))] : [];
        return { title: parts.join(" · "), detail: [...by, ...many, ...undone(d.undoneAt)] };
      }
      case "decision":
        return { title: (d.state === "shared" ? w.shared : w.separate)(people(d.others)), detail: by };
      case "record":
        return { title: item.title, detail: [w.record[String(d.change)] ?? "", ...by].filter(Boolean) };
      case "request": {
        const states: Record<string, string> = { done: w.requestDone, refused: w.requestRefused };
        const state = states[String(d.state)] ?? w.requestDue(f.date(String(d.dueAt)));
        return { title: w.requestKinds[String(d.request)] ?? "", detail: [state, ...by] };
      }
      default:
        return { title: w.note, detail: by };
    }
  };
}
