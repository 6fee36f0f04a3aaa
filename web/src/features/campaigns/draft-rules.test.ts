import { expect, it } from "vitest";
import ko from "@/messages/ko";
import { type Draft, EMPTY } from "./draft";
import { missingIn, toBody } from "./draft-rules";

const FULL: Draft = { ...EMPTY, name: "안내", messageClass: "civic", senderId: "s1", body: "안녕하세요" };

it("finds nothing missing in a full draft", () => {
  expect(missingIn(FULL, ko)).toEqual([]);
});

it("asks for the class and the audience before anything of the message", () => {
  const missing = missingIn({ ...EMPTY, audience: { contactIds: [] } }, ko);
  expect(missing.map((m) => m.field)).toEqual([
    "campaign-class",
    "campaign-audience",
    "campaign-name",
    "campaign-sender",
    "campaign-body",
  ]);
  expect(missing[0]?.step).toBe(0);
});

it("sends a schedule as Korean time, whatever the browser's zone", () => {
  expect(toBody({ ...FULL, scheduleAt: "2026-11-24T10:00" }).schedule).toEqual({
    at: "2026-11-24T10:00:00+09:00",
    zone: "Asia/Seoul",
  });
  expect(toBody(FULL).schedule).toBeNull();
});

it("sends one audience", () => {
  expect(toBody({ ...FULL, audience: { contactIds: ["7"] } })).toMatchObject({ contactIds: ["7"] });
  expect(toBody(FULL)).not.toHaveProperty("contactIds");
});
