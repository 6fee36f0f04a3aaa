"use client";

import { Mail, MessageCircle, Plus, Smartphone } from "lucide-react";
import { memo } from "react";
import type { Contact } from "@/api/types";
import { Avatar, Dot, TagChip } from "@/components/ui/badge";
import { Checkbox } from "@/components/ui/field";
import { Cell } from "@/components/virtual-table";
import { useFormat, useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";

interface Props {
  contact: Contact;
  checked: boolean;
  onCheck: (contact: Contact, range: boolean) => void;
  onTags: (contact: Contact, anchor: HTMLElement) => void;
  /** When they were last contacted; null: never. */
  last: string | null | undefined;
  now: number;
}

const TAGS_SHOWN = 3;

/** The exception is loud (refused, nothing to write to), the norm is quiet. */
export function ConsentText({ contact }: { contact: Contact }) {
  const t = useT();
  const reachable = contact.phones.length + contact.kakaoIds.length + contact.emails.length > 0;
  const quiet = !contact.suppressed && reachable;
  return (
    <span
      className={cn(
        "flex items-center gap-1.5 text-xs whitespace-nowrap",
        quiet ? "text-muted-foreground" : "font-semibold",
      )}
    >
      <Dot tone={contact.suppressed ? "danger" : reachable ? "success" : "warning"} />
      {contact.suppressed ? t.contacts.refused : reachable ? t.contacts.mayReceive : t.contacts.unreachable}
    </span>
  );
}

export function ChannelIcons({ contact }: { contact: Contact }) {
  const t = useT();
  return (
    <span className="flex items-center gap-1.5 text-muted-foreground">
      {contact.phones.length > 0 && <Smartphone aria-label={t.contacts.channels.sms} className="size-4" />}
      {contact.kakaoIds.length > 0 && (
        <MessageCircle aria-label={t.contacts.channels.kakao} className="size-4" />
      )}
      {contact.emails.length > 0 && <Mail aria-label={t.contacts.channels.email} className="size-4" />}
    </span>
  );
}

/** Cells of one person. Memoised with stable callbacks: scrolling 100,000 rows must not draw a row twice. */
export const ContactRow = memo(function ContactRow({ contact, checked, onCheck, onTags, last, now }: Props) {
  const t = useT();
  const f = useFormat();
  const name = contact.name || t.contacts.noName;
  const more = contact.tags.length - TAGS_SHOWN;
  return (
    <>
      <Cell className="flex max-md:hidden">
        <Checkbox
          aria-label={t.contacts.select(name)}
          checked={checked}
          onChange={(event) => onCheck(contact, (event.nativeEvent as MouseEvent).shiftKey)}
        />
      </Cell>
      <Cell className="flex items-center gap-2">
        <Avatar name={name} className="max-md:size-8 max-md:text-xs" />
        <span className="flex min-w-0 flex-col">
          <span className={cn("truncate font-medium", !contact.name && "text-muted-foreground")}>{name}</span>
          <span className="truncate text-xs text-muted-foreground md:hidden">
            {[contact.phones[0] && f.phone(contact.phones[0]), contact.district].filter(Boolean).join(" · ")}
          </span>
        </span>
      </Cell>
      <Cell className="truncate max-md:hidden">
        {contact.phones[0] ? (
          f.phone(contact.phones[0])
        ) : (
          <span className="text-muted-foreground">{t.contacts.noPhone}</span>
        )}
      </Cell>
      <Cell className="truncate text-muted-foreground max-md:hidden">{contact.district}</Cell>
      <Cell className="max-md:justify-self-end">
        <ConsentText contact={contact} />
      </Cell>
      <Cell className="max-md:hidden">
        <ChannelIcons contact={contact} />
      </Cell>
      <Cell className="group/tags flex items-center gap-1 overflow-hidden max-md:hidden">
        {contact.tags.slice(0, TAGS_SHOWN).map((tag) => (
          <TagChip key={tag} name={tag} className="max-w-32 shrink" />
        ))}
        {more > 0 && (
          <span className="shrink-0 rounded-sm bg-secondary px-1 text-xs text-muted-foreground">+{more}</span>
        )}
        <button
          type="button"
          aria-label={t.contacts.tagAdd(name)}
          onClick={(event) => onTags(contact, event.currentTarget)}
          className="flex size-5 shrink-0 items-center justify-center rounded-sm opacity-0 group-hover/tags:opacity-100 hover:bg-accent focus-visible:opacity-100"
        >
          <Plus aria-hidden className="size-3.5" />
        </button>
      </Cell>
      <Cell className="truncate text-right text-xs text-muted-foreground max-md:hidden">
        {now > 0 && last && f.ago(last, now)}
        {last === null && (
          <>
            <span aria-hidden>–</span>
            <span className="sr-only">{t.contacts.never}</span>
          </>
        )}
      </Cell>
    </>
  );
});
