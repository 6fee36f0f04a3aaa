import { expect, it } from "vitest";
import ko from "@/messages/ko/segments";
import { type Field, fromFilter } from "./tree";
import { whyOf } from "./why";

const field = (key: string, label: string, type: string): Field => ({
  key,
  label,
  type,
  ops: [],
  options: [],
});
const FIELDS = new Map(
  [
    field("district", "지역", "text"),
    field("tag", "태그", "set"),
    field("lastReply", "마지막으로 답장한 날", "date"),
  ].map((one) => [one.key, one]),
);
const RULE = fromFilter({
  all: [
    { field: "district", op: "in", value: ["마포구", "은평구"] },
    { not: { field: "tag", op: "has", value: "당원" } },
    {
      any: [
        { field: "tag", op: "in", value: ["간담회", "청년"] },
        { field: "lastReply", op: "within_days", value: 90 },
      ],
    },
  ],
});
const person = { district: "은평구", tags: ["청년", "학부모"] };

it("says what tells a person apart first, with their own values", () => {
  const say = (met: number[]) => whyOf(RULE, met, person, FIELDS, (_field, value) => value, ko);
  expect(say([0, 2])).toBe("청년 · 은평구");
  expect(say([0, 2, 3])).toBe("청년 · 마지막으로 답장한 날 90일 이내");
  expect(say([0])).toBe("은평구");
  expect(say([])).toBe("");
});
