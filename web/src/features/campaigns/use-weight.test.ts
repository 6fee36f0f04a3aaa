import { expect, it } from "vitest";
import { type Draft, EMPTY, NEXT } from "./draft";
import { weighable } from "./use-weight";

const FULL: Draft = { ...EMPTY, messageClass: "civic", senderId: "s1", body: "#{이름}님, 안녕하세요" };

it("asks only for what the server wouldn't refuse", () => {
  expect(weighable(FULL)?.steps).toHaveLength(1);
  expect(weighable({ ...FULL, body: "모두에게 같은 글" })).not.toBeNull(); // whom it reaches, what it costs
  expect(weighable({ ...FULL, senderId: "" })).toBeNull();
  expect(weighable({ ...FULL, messageClass: "" })).toBeNull();
  expect(weighable({ ...FULL, audience: { contactIds: [] } })).toBeNull();
  expect(weighable({ ...FULL, next: [{ ...NEXT, channel: "alimtalk" }] })).toBeNull();
});

it("doesn't ask anew for what weighs nothing", () => {
  const other = {
    ...FULL,
    name: "이름",
    scheduleAt: "2026-11-24T10:00",
    links: [{ key: "", url: "https:/" }],
  };
  expect(weighable(other)).toEqual(weighable(FULL));
});
