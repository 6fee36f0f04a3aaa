import type { MessageClass } from "@/api/types";
import type { Messages } from "@/messages";
import {
  type Draft,
  type DraftVariant,
  hasContent,
  MAX_STEPS,
  NEXT,
  type NextStep,
  type SendWindow,
  type StepText,
  UNNAMED,
} from "./draft";

export interface Missing {
  step: number;
  /** Id of the control that gets the focus. */
  field: string;
  message: string;
}

/** What still has to be filled in, first things first. */
export function missingIn(draft: Draft, t: Messages): Missing[] {
  const found: Missing[] = [];
  const need = (step: number, field: string, ok: boolean, message: string) => {
    if (!ok) found.push({ step, field, message });
  };
  need(0, "campaign-class", draft.messageClass !== "", t.composer.needClass);
  need(
    0,
    "campaign-audience",
    !("contactIds" in draft.audience) || draft.audience.contactIds.length > 0,
    t.composer.needAudience,
  );
  need(1, "campaign-name", draft.name.trim() !== "", t.composer.needName);
  for (const [id, step] of [["campaign", draft], ...draft.next.map((n, i) => [nextId(i), n])] as [
    string,
    StepText,
  ][]) {
    if (step.channel === "alimtalk") {
      need(1, `${id}-template`, step.templateId !== "", t.composer.needTemplate);
    } else {
      need(1, `${id}-sender`, step.senderId !== "", t.composer.needSender);
      need(1, `${id}-body`, step.body.trim() !== "" || Boolean(step.kept?.templateId), t.composer.needBody);
    }
  }
  if (maySplit(draft)) {
    const texts = draft.variants ?? [];
    for (const one of texts.slice(1)) {
      // A text that says nothing of its own on any step is the first one under another name.
      const said = [draft, ...draft.next].some((_, at) => textAt(one, at).trim() !== "");
      need(1, textId(one.key), said, t.composer.needBody);
    }
    need(1, shareId, texts.length === 0 || isWhole(texts), t.composer.needShares);
  }
  return found;
}

/** What the controls of a split are called. */
export const textId = (key: string) => `text-${key}`;
export const shareId = "text-shares";

/** What the controls of a further step are called, so that an error can lead to them. */
export const nextId = (index: number) => `next-${index}`;

/** One more step for whoever didn't get the last one: on the other channel, from the same number, at once. */
export function addStep(draft: Draft): Partial<Draft> {
  if (draft.next.length + 1 >= MAX_STEPS) return {};
  const last = draft.next.at(-1) ?? draft;
  const channel = last.channel === "sms" ? "alimtalk" : "sms";
  return { next: [...draft.next, { ...NEXT, channel, senderId: draft.senderId }] };
}

export function changeStep(draft: Draft, index: number, part: Partial<NextStep>): Partial<Draft> {
  return { next: draft.next.map((step, at) => (at === index ? { ...step, ...part } : step)) };
}

/** Without a further step nobody can get two: the permission goes with the last of them. */
export function dropStep(draft: Draft, index: number): Partial<Draft> {
  const next = draft.next.filter((_, at) => at !== index);
  const drop = <T>(texts: T[]) => texts.filter((_, at) => at !== index);
  return { next, ...withTexts(draft, drop), mayOverlap: draft.mayOverlap && next.length > 0 };
}

/**
 * Two neighbours change places; 0 is the first step. What is said moves, when it is said stays: "an hour after the one before"
 * belongs to the place. Other texts of a split are other texts of the first step, which then has to stay where it is.
 */
export function swapSteps(draft: Draft, upper: number): Partial<Draft> {
  const texts: StepText[] = [draft, ...draft.next].map(textOf);
  const [above, below] = [texts[upper], texts[upper + 1]];
  if (!above || !below || (upper === 0 && isSplit(draft))) return {};
  texts[upper] = below;
  texts[upper + 1] = above;
  const [first, ...rest] = texts;
  const swap = <T>(said: T[]) =>
    said.map((one, at) => (at === upper - 1 ? said[upper] : at === upper ? said[upper - 1] : one) as T);
  return {
    ...first,
    next: draft.next.map((step, at) => ({ ...step, ...rest[at] })),
    ...(upper > 0 && withTexts(draft, swap)),
  };
}

/** What the texts of a split say on the further steps goes where the steps go. */
function withTexts(draft: Draft, change: <T>(texts: T[]) => T[]): Partial<Draft> {
  if (!isSplit(draft)) return {};
  const rest = draft.next.map((_, at) => at);
  return {
    variants: draft.variants?.map((one) => ({
      ...one,
      next: change(rest.map((at) => textAt(one, at + 1))),
      kept: one.kept && [one.kept[0] ?? null, ...change(rest.map((at) => one.kept?.[at + 1] ?? null))],
    })),
  };
}

/** What a text of a split says on a step (0 is the first); empty: as the step says it. */
export function textAt(variant: DraftVariant, step: number): string {
  if (step === 0) return variant.body;
  return variant.next?.[step - 1] ?? variant.kept?.[step]?.body ?? "";
}

export function withTextAt(variant: DraftVariant, step: number, body: string): DraftVariant {
  if (step === 0) return { ...variant, body };
  const next = Array.from({ length: Math.max(step, variant.next?.length ?? 0) }, (_, at) =>
    textAt(variant, at + 1),
  );
  next[step - 1] = body;
  return { ...variant, next };
}

/** What the review changes itself: it is stored before it is checked again. */
export const reviewed = (draft: Draft) =>
  JSON.stringify([toTimes(draft), draft.sharedNumbers, Boolean(draft.night)]);

export const isSplit = (draft: Draft) => (draft.variants ?? []).length > 0;

function textOf({ channel, senderId, templateId, body, subject, kept }: StepText): StepText {
  return { channel, senderId, templateId, body, subject, kept };
}

/** A number that is gone can't be kept, and one number is no choice. */
export function withSender(draft: Draft, known: string[]): Partial<Draft> | null {
  const [first] = known;
  if (first === undefined) return null;
  const stale = (step: StepText) => step.channel === "sms" && !known.includes(step.senderId);
  if (!stale(draft) && !draft.next.some(stale)) return null;
  return {
    ...(stale(draft) && { senderId: first }),
    next: draft.next.map((step) => (stale(step) ? { ...step, senderId: first } : step)),
  };
}

/** SMS or LMS is decided by the server from each person's finished text. */
function stepBody(step: StepText) {
  const kakao = step.channel === "alimtalk";
  const { channel, ...kept } = step.kept ?? { channel: step.channel };
  // What was kept belongs to the channel it came with: a Kakao template's defaults are no text's.
  const own = (channel === "alimtalk") === kakao ? kept : {};
  return kakao
    ? { ...own, channel: "alimtalk" as const, templateId: step.templateId || null }
    : {
        ...own,
        channel: channel === "lms" ? ("lms" as const) : ("sms" as const),
        senderId: step.senderId || null,
        body: step.body,
        subject: step.subject.trim(),
      };
}

const isWhole = (variants: DraftVariant[]) =>
  variants.length > 1 && variants.reduce((sum, one) => sum + one.share, 0) === 100;

/** Kakao's text is approved as it is, and each text of a campaign would be one of the eight. */
const maySplit = (draft: Draft) => draft.channel !== "alimtalk" && draft.messageClass !== "campaign";

/** Shares that don't add up yet aren't kept: the form says so, and the check weighs what is. */
function variantsOf(draft: Draft) {
  const variants = draft.variants ?? [];
  if (!isWhole(variants) || !maySplit(draft)) return [];
  return variants.map((one) => ({
    key: one.key,
    name: one.name.trim(),
    share: one.share,
    steps: saidBy(one, [draft, ...draft.next]),
  }));
}

/** Step by step; a template's approved words are everybody's. What stands at the end and says nothing is left out. */
function saidBy(variant: DraftVariant, steps: StepText[]) {
  const said = steps.map((step, at) => {
    const body = textAt(variant, at);
    return step.channel === "alimtalk" || !body.trim() ? null : { ...variant.kept?.[at], body };
  });
  return said.slice(0, said.findLastIndex((one) => one !== null) + 1);
}

/** The draft as the API takes it. */
export function toBody(draft: Draft) {
  return {
    name: draft.name.trim() || UNNAMED,
    messageClass: draft.messageClass as MessageClass,
    ...draft.audience,
    sharedNumbers: draft.sharedNumbers,
    night: Boolean(draft.night),
    steps: [
      stepBody(draft),
      ...draft.next.map((step) => ({
        ...stepBody(step),
        afterSeconds: step.afterSeconds,
        ...(step.fallbackOn && { fallbackOn: step.fallbackOn }),
      })),
    ],
    ...(draft.links && { links: draft.links.map((one) => ({ key: one.key, url: one.url.trim() })) }),
    ...(draft.variants && { variants: variantsOf(draft) }),
    mayOverlap: draft.mayOverlap && draft.next.length > 0,
    ...toTimes(draft),
  };
}

/** The server keeps no draft without a class, and an empty one is nobody's loss. */
export const isKeepable = (draft: Draft) =>
  draft.messageClass !== "" &&
  hasContent(draft) &&
  (!isSplit(draft) || !maySplit(draft) || isWhole(draft.variants ?? [])) &&
  (!("contactIds" in draft.audience) || draft.audience.contactIds.length > 0);

/** What two drafts are compared by: the same body needs no saving. */
export const bodyText = (draft: Draft) => JSON.stringify(toBody(draft));

/** When it goes out, as the API takes it. Hours that are no hours yet aren't kept: the form says what is wrong with them. */
export function toTimes(draft: Draft) {
  return {
    schedule:
      draft.scheduleAt || draft.notAfter
        ? {
            ...(draft.scheduleAt && { at: `${draft.scheduleAt}:00+09:00` }),
            zone: "Asia/Seoul",
            ...(draft.notAfter && { notAfter: draft.notAfter }),
          }
        : null,
    sendWindow: isWindow(draft.window) ? draft.window : null,
  };
}

const isWindow = (hours: SendWindow | null) =>
  hours !== null && hours.from !== "" && hours.until !== "" && hours.from < hours.until;

export function windowFault(draft: Draft, t: Messages): string | undefined {
  if (draft.window === null || isWindow(draft.window)) return undefined;
  return draft.window.from && draft.window.until ? t.composer.windowOrder : t.composer.windowEmpty;
}
