"use client";

import { Copy, Eye, Mail, MessageCircle, Phone, Plus, Smartphone } from "lucide-react";
import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";
import type { Contact } from "@/api/types";
import { TagField } from "@/components/tag-field";
import { Badge, Dot } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Tooltip } from "@/components/ui/popover";
import { useFormat, useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { cn } from "@/lib/utils";
import { ConsentText } from "./contact-row";
import { usePurposeWords } from "./purpose-words";
import { useConsents, useReveal, useSourceAnswer, useTagChange, useTags } from "./queries";

const ConsentDialog = dynamic(() => import("./consent-dialog").then((part) => part.ConsentDialog));

function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="border-t px-5 py-4">
      <header className="mb-2 flex min-h-6 items-center justify-between">
        <h3 className="text-xs text-muted-foreground">{title}</h3>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** The proofs behind it, newest first; a withdrawal is the bold one. */
function Consents({ id }: { id: string }) {
  const t = useT();
  const purposes = usePurposeWords();
  const f = useFormat();
  const rows = useConsents(id).data ?? [];
  if (rows.length === 0) return null;
  return (
    <ul className="mt-2 border-t">
      {rows.map((one) => (
        <li key={one.id} className="flex items-center gap-2 border-b py-2 last:border-b-0 last:pb-0">
          <span className="w-24 shrink-0 break-words text-muted-foreground">
            {t.contacts.channels[one.channel] ?? one.channel} {purposes.of[one.purpose] ?? one.purpose}
          </span>
          <span className={cn("flex items-center gap-1.5", one.state !== "granted" && "font-semibold")}>
            <Dot tone={one.state === "granted" ? "success" : "danger"} />
            {one.state === "granted" ? t.contacts.consentGranted : t.contacts.consentWithdrawn}
          </span>
          <span className="min-w-0 flex-1 truncate text-muted-foreground">{one.evidence}</span>
          <span className="text-xs text-muted-foreground">{f.date(one.at)}</span>
        </li>
      ))}
    </ul>
  );
}

/** What is known of a person: ways to reach them, consent, where the data came from. */
export function ContactFacts({ contact }: { contact: Contact }) {
  const t = useT();
  const p = usePurposeWords();
  const f = useFormat();
  const tags = useTags().data ?? [];
  const changeTags = useTagChange();
  const reveal = useReveal(contact.id);
  const answer = useSourceAnswer(contact.id);
  const [consenting, setConsenting] = useState(false);
  const shown = reveal.data ?? contact;
  const ways = [
    ...shown.phones.map((value, at) => ({
      value: f.phone(value),
      icon: Smartphone,
      kind: t.contacts.channels.sms,
      note: at === 0 && shown.phones.length > 1 && <Badge>{t.contacts.quality.first}</Badge>,
    })),
    ...shown.otherPhones.map((value) => ({
      value: f.phone(value),
      icon: Phone,
      kind: t.contacts.channels.landline,
      note: (
        <span className="ml-auto flex items-center gap-1.5 text-xs text-muted-foreground">
          <Dot tone="muted" />
          {t.contacts.quality.landline}
        </span>
      ),
    })),
    ...shown.kakaoIds.map((value) => ({
      value,
      icon: MessageCircle,
      kind: t.contacts.channels.kakao,
      note: null,
    })),
    ...shown.emails.map((value) => ({ value, icon: Mail, kind: t.contacts.channels.email, note: null })),
  ];
  const facts: [string, ReactNode][] = [
    [t.contacts.drawer.address, shown.address],
    [t.contacts.drawer.birth, shown.birth],
    [t.contacts.drawer.memo, shown.memo],
    ...Object.entries(shown.attributes),
    [t.contacts.drawer.basis, contact.basis && (t.contacts.bases[contact.basis] ?? contact.basis)],
    [t.contacts.drawer.source, contact.source],
    [p.told, contact.purposes.map((one) => p.toldOf[one]).join(", ")],
    [t.contacts.drawer.created, f.date(contact.createdAt, true)],
  ];
  return (
    <>
      <div className="px-5 pb-4">
        <TagField
          inline
          label=""
          tags={tags}
          value={contact.tags}
          onChange={(next) => {
            const added = next.find((tag) => !contact.tags.includes(tag));
            const removed = contact.tags.find((tag) => !next.includes(tag));
            const tag = added ?? removed;
            if (tag) changeTags({ selection: { ids: [contact.id] }, count: 1, tag, remove: !added });
          }}
        />
      </div>
      <Section
        title={t.contacts.drawer.identities}
        aside={
          contact.masked &&
          !reveal.data && (
            <Tooltip text={t.contacts.drawer.revealHint}>
              <Button variant="ghost" size="sm" busy={reveal.isPending} onClick={() => reveal.mutate()}>
                <Eye aria-hidden />
                {t.contacts.drawer.reveal}
              </Button>
            </Tooltip>
          )
        }
      >
        <ul className="flex flex-col gap-2">
          {ways.length === 0 && <li className="text-muted-foreground">{t.contacts.drawer.none}</li>}
          {ways.map(({ value, icon: Icon, kind, note }) => (
            <li key={`${kind}${value}`} className="flex items-center gap-2.5">
              <Icon aria-label={kind} className="size-4 text-muted-foreground" />
              <span className="min-w-0 break-all font-medium">{value}</span>
              {note}
            </li>
          ))}
        </ul>
      </Section>
      <Section
        title={t.contacts.drawer.consent}
        aside={
          <Button
            variant="ghost"
            size="icon-sm"
            className="max-md:size-11"
            aria-label={t.contacts.drawer.recordConsent}
            onClick={() => setConsenting(true)}
          >
            <Plus aria-hidden />
          </Button>
        }
      >
        <ConsentText contact={contact} />
        <Consents id={contact.id} />
        {consenting && <ConsentDialog id={contact.id} onClose={() => setConsenting(false)} />}
      </Section>
      <Section
        title={t.contacts.drawer.info}
        aside={
          <Tooltip text={t.contacts.drawer.answerHint}>
            <Button
              variant="ghost"
              size="sm"
              busy={answer.isPending}
              onClick={() =>
                answer.mutate(undefined, {
                  onSuccess: ({ text }) =>
                    void navigator.clipboard
                      ?.writeText(text)
                      .then(() => toast(t.contacts.drawer.answerCopied)),
                })
              }
            >
              <Copy aria-hidden />
              {t.contacts.drawer.answer}
            </Button>
          </Tooltip>
        }
      >
        <dl className="grid grid-cols-[96px_minmax(0,1fr)] gap-x-3 gap-y-2">
          {facts.map(
            ([label, value]) =>
              value && (
                <div key={label} className="contents">
                  <dt className="text-muted-foreground">{label}</dt>
                  <dd>{value}</dd>
                </div>
              ),
          )}
        </dl>
      </Section>
    </>
  );
}
