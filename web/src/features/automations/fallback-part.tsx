"use client";

import { CornerDownRight } from "lucide-react";
import { useEffect } from "react";
import { Field, Input, Select, Textarea } from "@/components/ui/field";
import { byteLength, SMS_BYTES, warm } from "@/lib/cp949";
import { phone } from "@/lib/format";
import { useFormat } from "@/lib/i18n";
import { useSenders } from "../campaigns/queries";
import { useWords } from "./dialog-words";
import { type PartProps, Step } from "./step";

const MINUTES = [0, 3, 10, 60, 360];

/** A text where Kakao can't: which, from which number, and when. */
export function FallbackPart({ form, set, errors, body }: PartProps & { body: string }) {
  const t = useWords();
  const f = useFormat();
  const senders = (useSenders().data ?? []).filter((one) => one.kind === "phone");
  useEffect(warm, []);
  const bytes = byteLength(form.fallbackBody);
  // Variables stand with their names: what a person gets may be longer, and too long for a short text isn't sent.
  const say = (fallbackBody: string) =>
    set({
      fallbackBody,
      fallbackChannel: byteLength(fallbackBody) > SMS_BYTES ? "lms" : form.fallbackChannel,
    });
  const held = Number(form.fallbackMinutes);
  const minutes = MINUTES.includes(held) ? MINUTES : [...MINUTES, held];
  return (
    <Step
      icon={CornerDownRight}
      title={t.dialog.fallback}
      on={form.fallback}
      onSwitch={(fallback) => {
        const said = form.fallbackBody || body;
        set({
          fallback,
          fallbackBody: said,
          fallbackChannel: byteLength(said) > SMS_BYTES ? "lms" : form.fallbackChannel,
        });
      }}
    >
      {form.fallback && (
        <div className="flex flex-col gap-3">
          <Field
            label={t.dialog.fallbackBody}
            hint={t.dialog.fallbackHint}
            error={errors["fallback.body"]}
            aside={
              <span className="tabular text-xs text-muted-foreground">
                {t.dialog.fallbackBytes(f.num(bytes))}
              </span>
            }
          >
            <Textarea value={form.fallbackBody} onChange={(event) => say(event.target.value)} />
          </Field>
          <div className="grid gap-3 md:grid-cols-2">
            <Field
              label={t.dialog.fallbackChannel}
              hint={bytes > SMS_BYTES ? t.dialog.fallbackTooLong : undefined}
            >
              <Select
                value={form.fallbackChannel}
                disabled={bytes > SMS_BYTES}
                onChange={(event) => set({ fallbackChannel: event.target.value })}
              >
                {Object.entries(t.dialog.channels).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            </Field>
            <Field label={t.dialog.fallbackSender} error={errors["fallback.senderId"]}>
              <Select
                value={form.fallbackSender}
                onChange={(event) => set({ fallbackSender: event.target.value })}
              >
                <option value="">{t.dialog.fallbackAnySender}</option>
                {senders.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.name ? `${one.name} · ${phone(one.value)}` : phone(one.value)}
                  </option>
                ))}
              </Select>
            </Field>
            {form.fallbackChannel === "lms" && (
              <Field label={t.dialog.fallbackSubject}>
                <Input
                  value={form.fallbackSubject}
                  maxLength={40}
                  onChange={(event) => set({ fallbackSubject: event.target.value })}
                />
              </Field>
            )}
            <Field label={t.dialog.fallbackAfter}>
              <Select
                value={form.fallbackMinutes}
                onChange={(event) => set({ fallbackMinutes: event.target.value })}
              >
                {minutes.map((one) => (
                  <option key={one} value={String(one)}>
                    {one ? t.dialog.fallbackAfterMinutes(one) : t.dialog.fallbackAfterNever}
                  </option>
                ))}
              </Select>
            </Field>
          </div>
        </div>
      )}
    </Step>
  );
}
