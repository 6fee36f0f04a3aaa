import { expect, it } from "vitest";
import { chipsFrom, chipsOf, chipsTo, joined, NO_CHIPS, toFilter } from "./filter";

const FULL = {
  tag: ["청년", "통장·이장"],
  suppressed: ["no"],
  channel: ["kakao"],
  district: ["망원"],
  ageBand: ["30", "40"],
  import: ["01a2"],
};

it("says everyone when no chip is set", () => {
  expect(toFilter(NO_CHIPS)).toEqual({});
});

it("leaves a single condition bare and joins several with all", () => {
  const tag = { field: "tag", op: "in", value: ["청년"] };
  expect(toFilter({ ...NO_CHIPS, tag: ["청년"] })).toEqual(tag);
  expect(toFilter({ ...NO_CHIPS, tag: ["청년"], suppressed: ["no"] })).toEqual({
    all: [tag, { field: "suppressed", op: "eq", value: false }],
  });
});

it("takes single people out of a selection of all", () => {
  expect(toFilter(NO_CHIPS, ["7"])).toEqual({ not: { field: "contact", op: "in", value: ["7"] } });
});

it("joins conditions without a group more than it takes", () => {
  const tag = { field: "tag", op: "in", value: ["청년"] };
  const age = { field: "ageBand", op: "in", value: ["30"] };
  const either = { any: [tag, age] };
  expect(joined([])).toEqual({});
  expect(joined([{}, tag])).toEqual(tag);
  expect(joined([{ all: [tag, age] }, either])).toEqual({ all: [tag, age, either] });
});

it("survives the address bar", () => {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(chipsTo(FULL))) if (value) params.set(key, value);
  expect(chipsFrom(new URLSearchParams(params.toString()))).toEqual(FULL);
});

it("comes back from the condition it made", () => {
  expect(chipsOf(toFilter(FULL))).toEqual(FULL);
  expect(chipsOf({})).toEqual(NO_CHIPS);
  expect(chipsOf({ any: [{ field: "tag", op: "in", value: ["청년"] }] })).toEqual(NO_CHIPS);
});
