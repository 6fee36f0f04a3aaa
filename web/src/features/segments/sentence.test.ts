import { expect, it } from "vitest";
import en from "@/messages/en/segments";
import ko from "@/messages/ko/segments";
import { sentenceOf } from "./sentence";
import { type Field, fromFilter } from "./tree";

const field = (key: string, label: string, type: string, ops: string[]): Field => ({
  key,
  label,
  type,
  ops,
  options: [],
});
const FIELDS = new Map(
  [
    field("district", "지역", "text", ["in", "contains"]),
    field("tag", "태그", "set", ["in", "has_not"]),
    field("createdAt", "만든 날", "date", ["within_days"]),
    field("suppressed", "수신 거부", "bool", ["eq"]),
  ].map((one) => [one.key, one]),
);
const show = (_field: string, value: string) => value;

it("reads as a Korean sentence, groups in brackets and exclusions apart", () => {
  const root = fromFilter({
    all: [
      { field: "district", op: "in", value: ["마포구", "은평구"] },
      {
        any: [
          { field: "tag", op: "in", value: ["청년"] },
          { field: "tag", op: "has_not", value: "학부모" },
        ],
      },
      { not: { field: "createdAt", op: "within_days", value: 7 } },
    ],
  });
  expect(sentenceOf(root, FIELDS, show, ko)).toEqual({
    included: "지역이 **마포구·은평구**이고, (태그가 **청년**이거나 태그 **학부모**가 없는) 사람이에요.",
    excluded: ["만든 날이 **최근 7일 안**인 사람은 빼요."],
  });
});

it("says who everybody is, and what isn't finished not at all", () => {
  expect(sentenceOf(fromFilter({}), FIELDS, show, ko).included).toBe(ko.everyone);
  const root = fromFilter({
    all: [
      { field: "tag", op: "in", value: [] },
      { field: "suppressed", op: "eq", value: false },
    ],
  });
  expect(sentenceOf(root, FIELDS, show, ko).included).toBe("수신 거부가 **아닌** 사람이에요.");
  expect(sentenceOf(root, FIELDS, show, en).included).toContain("**수신 거부**: no");
});
