"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { http } from "@/api/client";
import type { Template } from "@/api/types";
import { Bubble, PhonePreview } from "@/components/phone-preview";
import { Segmented } from "@/components/ui/segmented";
import { SMS_BYTES } from "@/lib/cp949";
import { useDebounced, useNow } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { usePageWords } from "@/lib/page-words";
import { fill, variablesOf } from "@/lib/variables";
import ko from "@/messages/ko/content";
import type { Filter } from "../contacts/filter";
import { useTemplate } from "../templates/queries";
import type { Draft, KeptStep, StepText } from "./draft";
import { textAt } from "./draft-rules";
import { isLink } from "./links";
import { type Person, PersonFinder } from "./person-finder";
import { useAudienceCount, useKakaoTemplates, usePreview, useSegment, useSenders } from "./queries";
import { LINK, SAMPLE, useWeighedDraft } from "./use-weight";

const english = () => import("@/messages/en/content");

/** The phone of somebody, and on it each of the steps: what the second says should be read as well as the first. */
export function PreviewPhone({ draft }: { draft: Draft }) {
  const w = usePageWords(ko, english);
  const t = useT();
  const [wanted, setPlace] = useState("0");
  const [key, setKey] = useState("");
  const [picked, setPicked] = useState<Person | null>(null);
  const steps: StepText[] = [draft, ...draft.next];
  const place = Math.min(Number(wanted), steps.length - 1);
  const somebody = useSomebody(draft);
  const weighed = useWeighedDraft(draft);
  const texts = draft.variants ?? [];
  const text = texts.find((one) => one.key === key);
  const own = steps[place] ?? draft;
  const step = { ...own, body: (text && own.channel === "sms" && textAt(text, place)) || own.body };
  const dressed = weighed?.bodies[place] === step.body ? weighed.dressed[place]?.body : undefined;
  const person = picked ?? somebody[0] ?? null;
  return (
    <div className="flex flex-col items-center gap-4">
      {steps.length > 1 && (
        <Segmented
          label={w.previewStep}
          value={String(place)}
          onChange={setPlace}
          options={steps.map((_, index) => ({ value: String(index), label: t.composer.stepNo(index + 1) }))}
        />
      )}
      {texts.length > 1 && (
        <Segmented
          label={w.previewText}
          value={text?.key ?? texts[0]?.key ?? ""}
          onChange={setKey}
          options={texts.map((one) => ({ value: one.key, label: w.textOf(one.key) }))}
        />
      )}
      <Phone draft={draft} step={step} dressed={dressed} person={person} />
      <div className="w-[288px]">
        <PersonFinder
          label={w.previewWhose}
          list={w.previewPeople}
          people={somebody}
          chosen={person ? [person.id] : []}
          onPick={setPicked}
        />
      </div>
    </div>
  );
}

/** A few of those who would get it: the first is who the preview is made for until another is chosen. */
function useSomebody(draft: Draft): Person[] {
  const ids = "contactIds" in draft.audience ? draft.audience.contactIds : null;
  const segment = useSegment("segmentId" in draft.audience ? draft.audience.segmentId : null);
  const filter =
    "filter" in draft.audience ? draft.audience.filter : ((segment?.filter ?? null) as Filter | null);
  const sample = useAudienceCount(filter).data?.sample ?? [];
  const first = ids?.[0];
  const chosen = useQuery({
    queryKey: ["contact", first, "name"],
    queryFn: () => http.get("/api/contacts/{contact_id}", { path: { contact_id: first ?? "" } }),
    enabled: first !== undefined,
  }).data;
  if (ids) return chosen ? [{ id: chosen.id, name: chosen.name }] : [];
  return sample.slice(0, 3).map((one) => ({ id: one.id, name: one.name }));
}

interface PhoneProps {
  draft: Draft;
  step: StepText;
  /** With the notices of the law, once the server has said them. */
  dressed: string | undefined;
  person: Person | null;
}

function Phone({ draft, step, dressed, person }: PhoneProps) {
  const t = useT();
  const f = useFormat();
  const now = useNow(60);
  const senders = useSenders().data;
  const kakao = step.channel === "alimtalk";
  const approved = useKakaoTemplates(kakao).data?.find((one) => one.id === step.templateId);
  const begun = useTemplate((!kakao && step.kept?.templateId) || null).data;
  const template = kakao ? approved : begun;
  const written = kakao ? (template?.body ?? "") : (dressed ?? step.body);
  const body = useDebounced(written, 250);
  const preview = usePreview(body, "sms", person?.id ?? null, saidOf(step, body, template));
  const live = preview.data && body === written && !preview.isPlaceholderData ? preview.data : null;
  const text = live?.text ?? fill(written, SAMPLE);
  const sender = senders?.find((one) => one.id === step.senderId);
  const at = draft.scheduleAt ? `${draft.scheduleAt}:00+09:00` : now;
  return (
    <PhonePreview
      sender={
        kakao ? (t.contacts.channels.alimtalk ?? "") : sender ? f.phone(sender.value) : t.composer.sender
      }
      when={at ? f.dateTime(at) : ""}
      foot={
        text.trim() && live && !kakao
          ? `${live.bytes > SMS_BYTES ? "LMS" : "SMS"} · ${f.num(live.bytes)}B · ${t.common.won(live.price)}`
          : null
      }
      caption={live && person?.name ? t.composer.previewOf(person.name) : t.composer.previewSample}
    >
      {text.trim() ? (
        <Bubble>{text}</Bubble>
      ) : (
        <p className="px-1 text-xs text-[#5c5c66]">{t.composer.previewEmpty}</p>
      )}
    </PhonePreview>
  );
}

/** A link as long as anybody's, and what stands in for missing values: the template's rules under the step's own. */
function saidOf(step: StepText, body: string, template: Template | undefined) {
  const links = variablesOf(body).filter(isLink);
  const { channel, ...kept } = step.kept ?? { channel: step.channel };
  const own: Partial<KeptStep> = (channel === "alimtalk") === (step.channel === "alimtalk") ? kept : {};
  const policy = own.missingPolicy ?? template?.missingPolicy;
  const formats = Object.entries({ ...template?.formats, ...own.formats }).filter(([, form]) => form);
  return {
    values: Object.fromEntries(links.map((name) => [name, LINK])),
    ...(policy === "default" && { defaults: { ...template?.defaults, ...own.defaults } }),
    ...(formats.length > 0 && { formats: Object.fromEntries(formats) }),
  };
}
