import { expect, it } from "vitest";
import { addressOf, monthChoices } from "./quota-months";

it("offers the month before on the 1st, when the current one has no row yet", () => {
  expect(monthChoices("2026-12", ["2026-11"], null)).toEqual(["2026-12", "2026-11"]);
  expect(addressOf("2026-11", "2026-12")).toBe("2026-11");
});

it("leads back to the current month from any other", () => {
  expect(monthChoices("2026-12", ["2026-11", "2026-10"], "2026-10")).toContain("2026-12");
  expect(addressOf("2026-12", "2026-12")).toBeNull();
  expect(monthChoices("2026-12", ["2026-12", "2026-11"], "2026-03")).toEqual([
    "2026-12",
    "2026-11",
    "2026-03",
  ]);
});
