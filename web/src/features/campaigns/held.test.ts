import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { monitor as en } from "@/messages/en/monitor";
import { monitor as ko } from "@/messages/ko/monitor";
import { needsCheck, notBegun } from "./held";

const NOW = Date.parse("2026-11-22T10:00:00+09:00");
const held = {
  state: "held",
  sendId: null,
  holdReason: "content_changed",
  dueAt: "2026-11-22T09:00:00+09:00",
};

it("offers a new check to what was held before it began, and only to that", () => {
  expect(needsCheck(held, NOW)).toBe(true);
  expect(needsCheck({ ...held, holdReason: "quota", sendId: "a send" }, NOW)).toBe(false);
  expect(needsCheck({ ...held, state: "scheduled" }, NOW) || notBegun({ ...held, state: "running" })).toBe(
    false,
  );
});

it("lets what somebody paused go on until its time has passed", () => {
  const paused = { ...held, holdReason: "paused" };
  expect(needsCheck({ ...paused, dueAt: "2026-11-22T11:00:00+09:00" }, NOW)).toBe(false);
  expect(needsCheck(paused, NOW)).toBe(true);
});

it("has words for every refusal that holds a launch", () => {
  const codes = ["launch.py", "plan.py", "digest.py", "approval.py"].flatMap((file) => {
    const source = readFileSync(
      path.resolve(import.meta.dirname, "../../../../src/pabal/campaigns", file),
      "utf8",
    );
    return [...source.matchAll(/declare\(\s*"(\w+)",\s*409/g)].map((found) => found[1] ?? "");
  });
  expect(codes).toContain("segment_gone");
  expect(codes).toContain("content_changed");
  const ASKED = ["campaign_state", "own_approval", "nobody_to_approve"];
  // A launch by the clock finds the state it asks for; the others answer who asks or approves.
  const wordless = codes.filter(
    (code) => !ASKED.includes(code) && !(ko.heldReasons[code] && en.heldReasons[code]),
  );
  expect(wordless).toEqual([]);
});
