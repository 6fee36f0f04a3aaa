import { expect, it } from "vitest";
import { type Draft, EMPTY } from "./draft";
import { merge, withTheirs } from "./stale";

const BASE: Draft = { ...EMPTY, id: "1", version: 1, name: "안내", body: "원래", messageClass: "civic" };

it("puts together what two people changed in different places", () => {
  const mine = { ...BASE, body: "내 글" };
  const theirs = { ...BASE, version: 2, name: "주민 안내", window: { from: "09:00", until: "20:00" } };
  const { merged, fields } = merge(BASE, mine, theirs);
  expect(fields).toEqual([]);
  expect(merged).toEqual({ ...theirs, body: "내 글" });
});

it("knows its own text again when the server has said it back", () => {
  const back: Draft = { ...BASE, kept: { channel: "sms" }, links: [], variants: [] };
  const theirs = { ...back, version: 2, body: "그쪽 글" };
  const { merged, fields } = merge(back, { ...BASE, name: "내 이름", chosen: 3 }, theirs);
  expect(fields).toEqual([]);
  expect([merged.name, merged.body]).toEqual(["내 이름", "그쪽 글"]);
});

it("asks about what both changed, and about nothing that both say", () => {
  const mine = { ...BASE, body: "내 글", name: "같은 이름" };
  const theirs = { ...BASE, version: 2, body: "그쪽 글", name: "같은 이름", mayOverlap: true };
  const { merged, fields } = merge(BASE, mine, theirs);
  expect(fields).toEqual(["steps"]);
  expect([merged.body, merged.mayOverlap, merged.version]).toEqual(["내 글", true, 2]);
  const taken = withTheirs({ who: "", at: "", fields, mine: merged, theirs });
  expect([taken.body, taken.name]).toEqual(["그쪽 글", "같은 이름"]);
});

it("asks about everything that differs where nobody knows what it was", () => {
  expect(merge(null, BASE, { ...BASE, name: "다른", scheduleAt: "2026-12-01T10:00" }).fields).toEqual([
    "name",
    "schedule",
  ]);
});
