"use client";

import { TriangleAlert } from "lucide-react";
import { useDeferredValue, useRef } from "react";
import type { Sender } from "@/api/types";
import { ByteMeter } from "@/components/byte-meter";
import { type EditorHandle, MessageEditor } from "@/components/message-editor";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Field, Input, Select } from "@/components/ui/field";
import { LMS_BYTES, SMS_BYTES } from "@/lib/cp949";
import { Rich, useFormat, useT } from "@/lib/i18n";
import type { Draft } from "./draft";
import { useWeight } from "./use-weight";

interface Props {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  errorOf: (field: string) => string | undefined;
  onBack: () => void;
  /** Registered sender numbers; null while they are on their way. */
  senders: Sender[] | null;
}

function Notice({ children }: { children: React.ReactNode }) {
  return (
    <p className="flex min-h-9 items-center gap-2 rounded-md bg-warning-soft px-3 py-1.5 text-xs">
      <TriangleAlert aria-hidden className="size-4 shrink-0 text-warning" />
      <span className="flex min-w-0 flex-1 flex-wrap items-center gap-2">{children}</span>
    </p>
  );
}

export function MessageStep({ draft, onChange, errorOf, onBack, senders }: Props) {
  const t = useT();
  const f = useFormat();
  const editor = useRef<EditorHandle>(null);
  const weight = useWeight(useDeferredValue(draft.body));
  const phones = senders ?? [];
  const bodyError = errorOf("campaign-body");
  const count = "contactIds" in draft.audience ? draft.audience.contactIds.length : null;
  return (
    <div className="flex flex-col gap-6">
      <div className="flex items-center gap-2 rounded-lg border bg-card px-4 py-2.5 shadow-card">
        <span className="min-w-0 flex-1 truncate">
          {count === null
            ? Object.keys(("filter" in draft.audience && draft.audience.filter) || {}).length === 0
              ? t.composer.audienceEveryone
              : t.composer.audienceFilter
            : t.composer.audienceCount(f.num(count))}
        </span>
        <Badge>{t.campaigns.classes[draft.messageClass] ?? draft.messageClass}</Badge>
        <Button variant="link" onClick={onBack}>
          {t.composer.change}
        </Button>
      </div>
      <Field
        id="campaign-name"
        label={t.composer.name}
        hint={t.composer.nameHint}
        error={errorOf("campaign-name")}
      >
        <Input
          autoComplete="off"
          maxLength={80}
          placeholder={t.composer.namePlaceholder}
          value={draft.name}
          onChange={(event) => onChange({ name: event.target.value })}
        />
      </Field>
      <Field
        id="campaign-sender"
        label={t.composer.sender}
        error={errorOf("campaign-sender") ?? (senders?.length === 0 ? t.composer.senderNone : undefined)}
      >
        <Select value={draft.senderId} onChange={(event) => onChange({ senderId: event.target.value })}>
          {phones.length === 0 && <option value="">–</option>}
          {phones.map((sender) => (
            <option key={sender.id} value={sender.id}>
              {f.phone(sender.value)}
              {sender.name ? ` · ${sender.name}` : ""}
            </option>
          ))}
        </Select>
      </Field>
      <div className="flex flex-col gap-2">
        <label htmlFor="campaign-body" className="font-medium">
          {t.composer.body}
        </label>
        <MessageEditor
          ref={editor}
          id="campaign-body"
          label={t.composer.body}
          value={draft.body}
          onChange={(body) => onChange({ body })}
          placeholder={t.composer.bodyPlaceholder}
          invalid={Boolean(bodyError)}
          describedBy={bodyError ? "campaign-body-error" : undefined}
          foot={
            <>
              {t.composer.variables.map((name) => (
                <Button
                  key={name}
                  variant="soft"
                  size="sm"
                  aria-label={t.composer.insert(name)}
                  onClick={() => editor.current?.insert(`#{${name}}`)}
                >
                  + {name}
                </Button>
              ))}
              <span className="ml-auto">
                <ByteMeter min={weight.min} max={weight.max} counted={weight.counted} />
              </span>
            </>
          }
        />
        {bodyError && (
          <p id="campaign-body-error" role="alert" className="text-xs text-destructive">
            {bodyError}
          </p>
        )}
        <div aria-live="polite" className="flex flex-col gap-2 empty:hidden">
          {weight.unsendable.length > 0 && (
            <Notice>
              {t.composer.unsendable(weight.unsendable.join(" "))}
              <Button size="sm" onClick={() => onChange({ body: weight.replaced })}>
                {t.composer.replace}
              </Button>
            </Notice>
          )}
          {weight.max > LMS_BYTES ? (
            <Notice>{t.composer.overLms(weight.max - LMS_BYTES)}</Notice>
          ) : weight.min > SMS_BYTES ? (
            <Notice>
              <span>
                <Rich text={t.composer.overSms(weight.max - SMS_BYTES)} />
              </span>
            </Notice>
          ) : weight.max > SMS_BYTES ? (
            <Notice>{t.composer.varies}</Notice>
          ) : null}
        </div>
      </div>
      {weight.max > SMS_BYTES && (
        <Field
          label={t.composer.subject}
          mark={<Badge>{t.common.optional}</Badge>}
          hint={t.composer.subjectHint}
        >
          <Input
            maxLength={40}
            value={draft.subject}
            onChange={(event) => onChange({ subject: event.target.value })}
          />
        </Field>
      )}
    </div>
  );
}
