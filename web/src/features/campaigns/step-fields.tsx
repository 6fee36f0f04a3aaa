"use client";

import { TriangleAlert } from "lucide-react";
import dynamic from "next/dynamic";
import { useDeferredValue, useRef } from "react";
import type { Sender } from "@/api/types";
import { ByteMeter } from "@/components/byte-meter";
import { type EditorHandle, MessageEditor } from "@/components/message-editor";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Field, Input, Select } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { LMS_BYTES, SMS_BYTES } from "@/lib/cp949";
import { Rich, useFormat, useT } from "@/lib/i18n";
import type { StepText } from "./draft";
import { useKakaoTemplates } from "./queries";
import { offered, useWeight } from "./use-weight";

// The form may be written in before these have come.
const TemplatePick = dynamic(() => import("./text-tools").then((m) => m.TemplatePick), { ssr: false });
const MissingRules = dynamic(() => import("./text-tools").then((m) => m.MissingRules), { ssr: false });

interface Props {
  /** Of the controls: `campaign` for the first step, `next-0` for the one after it. */
  id: string;
  step: StepText;
  onChange: (part: Partial<StepText>) => void;
  errorOf: (field: string) => string | undefined;
  /** Registered sender numbers; null while they are on their way. */
  senders: Sender[] | null;
}

/** One channel step: which channel, from whom, and what it says. */
export function StepFields(props: Props) {
  const t = useT();
  const { step, onChange } = props;
  return (
    <>
      <Segmented
        label={t.composer.channel}
        value={step.channel}
        onChange={(channel) => onChange({ channel })}
        options={[
          { value: "sms", label: t.contacts.channels.sms },
          { value: "alimtalk", label: t.contacts.channels.alimtalk },
        ]}
        className="self-start"
      />
      {step.channel === "alimtalk" ? <KakaoFields {...props} /> : <TextFields {...props} />}
    </>
  );
}

function KakaoFields({ id, step, onChange, errorOf }: Props) {
  const t = useT();
  const templates = useKakaoTemplates(true).data;
  const chosen = templates?.find((one) => one.id === step.templateId);
  return (
    <>
      <Field
        id={`${id}-template`}
        label={t.composer.template}
        hint={t.composer.templateHint}
        error={errorOf(`${id}-template`) ?? (templates?.length === 0 ? t.composer.templateNone : undefined)}
      >
        <Select
          value={chosen ? step.templateId : ""}
          onChange={(event) => onChange({ templateId: event.target.value })}
        >
          <option value="">{t.composer.templateChoose}</option>
          {templates?.map((one) => (
            <option key={one.id} value={one.id}>
              {one.state === "approved" ? one.name : t.composer.templateWaiting(one.name)}
            </option>
          ))}
        </Select>
      </Field>
      {chosen && <p className="rounded-md bg-secondary px-3.5 py-2.5 whitespace-pre-wrap">{chosen.body}</p>}
    </>
  );
}

function Notice({ children }: { children: React.ReactNode }) {
  return (
    <p className="flex min-h-9 items-center gap-2 rounded-md bg-warning-soft px-3 py-1.5 text-xs">
      <TriangleAlert aria-hidden className="size-4 shrink-0 text-warning" />
      <span className="flex min-w-0 flex-1 flex-wrap items-center gap-2">{children}</span>
    </p>
  );
}

function TextFields({ id, step, onChange, errorOf, senders }: Props) {
  const t = useT();
  const f = useFormat();
  const editor = useRef<EditorHandle>(null);
  const weight = useWeight(useDeferredValue(step.body));
  const phones = senders ?? [];
  const bodyError = errorOf(`${id}-body`);
  return (
    <>
      <Field
        id={`${id}-sender`}
        label={t.composer.sender}
        error={errorOf(`${id}-sender`) ?? (senders?.length === 0 ? t.composer.senderNone : undefined)}
      >
        <Select value={step.senderId} onChange={(event) => onChange({ senderId: event.target.value })}>
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
        <div className="flex items-center gap-2">
          <label htmlFor={`${id}-body`} className="flex-1 font-medium">
            {t.composer.body}
          </label>
          <TemplatePick step={step} onChange={onChange} />
        </div>
        <MessageEditor
          ref={editor}
          id={`${id}-body`}
          label={t.composer.body}
          value={step.body}
          onChange={(body) => onChange({ body })}
          placeholder={t.composer.bodyPlaceholder}
          invalid={Boolean(bodyError)}
          bad={weight.unsendable}
          describedBy={bodyError ? `${id}-body-error` : undefined}
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
          <p id={`${id}-body-error`} role="alert" className="text-xs text-destructive">
            {bodyError}
          </p>
        )}
        <div aria-live="polite" className="flex flex-col gap-2 empty:hidden">
          {weight.unsendable.length > 0 && (
            <Notice>
              {t.composer.unsendable(offered(weight, t))}
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
                <Rich text={t.composer.overSms(weight.max - SMS_BYTES, weight.price)} />
              </span>
            </Notice>
          ) : weight.max > SMS_BYTES ? (
            <Notice>{t.composer.varies(weight.price)}</Notice>
          ) : null}
        </div>
        <MissingRules step={step} onChange={onChange} />
      </div>
      {weight.max > SMS_BYTES && (
        <Field
          label={t.composer.subject}
          mark={<Badge>{t.common.optional}</Badge>}
          hint={t.composer.subjectHint}
        >
          <Input
            maxLength={40}
            value={step.subject}
            onChange={(event) => onChange({ subject: event.target.value })}
          />
        </Field>
      )}
    </>
  );
}
