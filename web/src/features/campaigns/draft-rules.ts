import type { MessageClass } from "@/api/types";
import type { Messages } from "@/messages";
import type { Draft } from "./draft";

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
  need(1, "campaign-sender", draft.senderId !== "", t.composer.needSender);
  need(1, "campaign-body", draft.body.trim() !== "", t.composer.needBody);
  return found;
}

/** The draft as the API takes it. SMS or LMS is decided by the server from each person's finished text. */
export function toBody(draft: Draft) {
  return {
    name: draft.name.trim(),
    messageClass: draft.messageClass as MessageClass,
    ...draft.audience,
    steps: [
      { channel: "sms" as const, senderId: draft.senderId, body: draft.body, subject: draft.subject.trim() },
    ],
    schedule: draft.scheduleAt ? { at: `${draft.scheduleAt}:00+09:00`, zone: "Asia/Seoul" } : null,
  };
}
