import { describe, expect, it } from "vitest";
import type { UncertainGroup, UncertainSend } from "@/api/types";
import {
  type Desk,
  decidedPeople,
  itemsOf,
  NOTHING,
  open,
  questionLines,
  reduce,
  shares,
  wholeOf,
} from "./work";

const three = reduce(NOTHING, { type: "loaded", ids: ["a", "b", "c"], at: 1 });
const decide = (desk: Desk, id: string, people = 2) =>
  reduce(desk, { type: "decide", id, decision: "adopt", people, name: "안내" });

it("lists the groups of every send in their order, each with its send", () => {
  const send = (id: string, requests: string[]) =>
    ({ sendId: id, groups: requests.map((requestId) => ({ requestId })) }) as unknown as UncertainSend;
  const items = itemsOf([send("s1", ["a", "b"]), send("s2", ["c"])]);
  expect(items.map((one) => [one.id, one.send.sendId])).toEqual([
    ["a", "s1"],
    ["b", "s1"],
    ["c", "s2"],
  ]);
});

it("starts at the first group, and j and k stop at the ends", () => {
  expect(three.current).toBe("a");
  const down = (desk: Desk) => reduce(desk, { type: "step", by: 1 });
  expect(down(down(down(down(three)))).current).toBe("c");
  expect(reduce(three, { type: "step", by: -1 }).current).toBe("a");
});

it("goes on to the next group while the decision is being saved, and counts nobody before the server did", () => {
  const desk = decide(reduce(three, { type: "open", id: "b" }), "b");
  expect(desk.current).toBe("c");
  expect(open(desk)).toEqual(["a", "c"]);
  expect(decidedPeople(desk)).toBe(0);
  expect(decidedPeople(reduce(desk, { type: "answered", id: "b", resolved: 1, at: 5 }))).toBe(1);
});

it("returns to a group whose decision was refused", () => {
  const desk = reduce(decide(three, "a"), { type: "refused", id: "a" });
  expect(desk.current).toBe("a");
  expect(open(desk)).toEqual(["a", "b", "c"]);
});

it("has nothing in hand once the last is decided", () => {
  const desk = ["a", "b", "c"].reduce((now, id) => decide(now, id), three);
  expect(desk.current).toBeNull();
});

it("stays at its group when others vanish, and takes what moved up when its own does", () => {
  const at = reduce(three, { type: "open", id: "b" });
  expect(reduce(at, { type: "loaded", ids: ["b", "c"], at: 2 }).current).toBe("b");
  expect(reduce(at, { type: "loaded", ids: ["a", "c"], at: 2 }).current).toBe("c");
  expect(reduce(at, { type: "loaded", ids: ["a"], at: 2 }).current).toBe("a");
});

it("asks again about a group that is listed after it was decided, not about one in an older answer", () => {
  const desk = reduce(decide(three, "a"), { type: "answered", id: "a", resolved: 2, at: 10 });
  expect(open(reduce(desk, { type: "loaded", ids: ["a", "b", "c"], at: 9 }))).toEqual(["b", "c"]);
  expect(open(reduce(desk, { type: "loaded", ids: ["a", "b", "c"], at: 11 }))).toEqual(["a", "b", "c"]);
  const saving = decide(three, "a");
  expect(open(reduce(saving, { type: "loaded", ids: ["a", "b", "c"], at: 11 }))).toEqual(["b", "c"]);
});

it("shows the gap between the first question and the newest", () => {
  expect(questionLines(2, ["x", "y"])).toEqual(["x", "y"]);
  expect(questionLines(30, ["x", "y", "z"])).toEqual(["x", { left: 27 }, "y", "z"]);
  expect(questionLines(0, [])).toEqual([]);
});

describe("a whole send", () => {
  const groups = [3, 2, 4].map((people) => ({ people, units: people - 1 }) as UncertainGroup);
  it("sums its requests", () => {
    expect(wholeOf({ groups } as UncertainSend)).toEqual({ people: 9, units: 6 });
  });
  it("tells what the server counted group by group, and never more", () => {
    expect(shares(groups, 9)).toEqual([3, 2, 4]);
    expect(shares(groups, 4)).toEqual([3, 1, 0]);
    expect(shares(groups, 0)).toEqual([0, 0, 0]);
  });
});
