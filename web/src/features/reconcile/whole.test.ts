import { expect, it } from "vitest";
import type { AllBooks } from "@/api/types";
import { wholeOf } from "./whole";

const page = (over: { equal?: boolean; next?: string } & Partial<Omit<AllBooks, "sends" | "month">> = {}) => {
  const { equal = true, next = null, ...rest } = over;
  const sends = { items: [] as unknown[], nextCursor: next };
  return { open: [], unmatched: [], differences: [], uncounted: [], month: { equal }, sends, ...rest };
};
const whole = (...pages: ReturnType<typeof page>[]) => wholeOf(pages as unknown as AllBooks[]);
const apart = (sendId: string, differences: number) =>
  ({ sendId, differences }) as AllBooks["differences"][number];

it("says closed only about sends that were counted", () => {
  expect(whole(page())).toMatchObject({ closed: true, uncounted: 0 });
  expect(whole(page({ uncounted: ["a", "b"] }))).toMatchObject({ closed: false, uncounted: 2 });
  expect(whole(page({ next: "older" }))).toMatchObject({ closed: false, uncounted: 0, more: true });
});

it("shows a difference in an open send of another month, which no line of this month has", () => {
  const found = whole(page({ differences: [apart("old", 2)] }), page({ differences: [apart("old", 2)] }));
  expect(found).toMatchObject({ closed: false, differences: 2 });
  expect(found.apart.map((one) => one.sendId)).toEqual(["old"]);
});

it("counts a send once that a later page has counted", () => {
  const later = page();
  later.sends.items.push({ sendId: "a", books: { differences: 0 } });
  expect(whole(page({ uncounted: ["a"], next: "x" }), later)).toMatchObject({ closed: true, uncounted: 0 });
});

it("calls a month whose figures differ from its movements a difference", () => {
  expect(whole(page({ equal: false }))).toMatchObject({ closed: false, differences: 1 });
});
