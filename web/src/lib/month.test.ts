import { expect, it } from "vitest";
import { isMonth } from "./month";

it("takes a month only once it is typed to its end", () => {
  const typed = ["", "0002-11", "0020-11", "0202-11", "2026-11"];
  expect(typed.filter(isMonth)).toEqual(["2026-11"]);
  expect(["2026-13", "2026-00", "2026-1", "x2026-11"].some(isMonth) || isMonth(null)).toBe(false);
});
