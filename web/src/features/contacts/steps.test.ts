import { describe, expect, it } from "vitest";
import type { ContactPage } from "@/api/types";
import { placeIn } from "./steps";

function list(ids: string[], total: ContactPage["total"]): ContactPage[] {
  const pages = ids.map(
    (id) => ({ items: [{ id }], nextCursor: null, total: null }) as unknown as ContactPage,
  );
  if (pages[0]) pages[0].total = total;
  return pages;
}

describe("placeIn", () => {
  it("walks over pages", () => {
    const pages = list(["a", "b", "c"], { value: 73, relation: "eq" });
    expect(placeIn([pages], "b")).toEqual({ at: 1, total: 73, previous: "a", next: "c" });
  });

  it("stops at both ends", () => {
    const pages = list(["a", "b"], { value: 2, relation: "eq" });
    expect(placeIn([pages], "a")?.previous).toBeNull();
    expect(placeIn([pages], "b")?.next).toBeNull();
  });

  it("takes the first list that holds the person, and says no total that is only a lower bound", () => {
    const newer = list(["x"], null);
    const older = list(["a", "x"], { value: 1000, relation: "gte" });
    expect(placeIn([newer, older], "x")).toEqual({ at: 0, total: null, previous: null, next: null });
    expect(placeIn([newer, older], "a")).toEqual({ at: 0, total: null, previous: null, next: "x" });
    expect(placeIn([newer, older], "nobody")).toBeNull();
  });
});
