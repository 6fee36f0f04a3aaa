import { expect, it } from "vitest";
import { allBut, type Whole } from "./use-selection";

const tag = { field: "tag", op: "in", value: ["청년"] };
const but = { not: { field: "contact", op: "in", value: ["7"] } };
const BOOK: Whole = { filter: {}, q: "", segmentId: null, segmentFilter: null };

it("means everybody by no condition, and takes people out of it", () => {
  expect(allBut(BOOK, [])).toEqual({ filter: {} });
  expect(allBut(BOOK, ["7"])).toEqual({ filter: but });
  expect(allBut({ ...BOOK, filter: tag }, ["7"])).toEqual({ filter: { all: [tag, but] } });
});

it("says along what was typed", () => {
  expect(allBut({ ...BOOK, q: "ㄱㅊㅅ" }, [])).toEqual({ filter: {}, q: "ㄱㅊㅅ" });
});

it("means a segment by its name as long as nothing is added", () => {
  const segment = { ...BOOK, segmentId: "s", segmentFilter: tag };
  expect(allBut(segment, [])).toEqual({ segmentId: "s" });
  expect(allBut(segment, ["7"])).toEqual({ filter: { all: [tag, but] } });
  expect(allBut({ ...segment, q: "김" }, [])).toEqual({ filter: tag, q: "김" });
});

it("doesn't pretend that a segment with exceptions of its own is its conditions", () => {
  const segment = { ...BOOK, segmentId: "s", segmentFilter: null };
  expect(allBut(segment, [])).toEqual({ segmentId: "s" });
  expect(allBut(segment, ["7"])).toBeNull();
  expect(allBut({ ...segment, filter: tag }, [])).toBeNull();
});
