import { expect, it } from "vitest";
import { segments } from "./flow";

it("draws to scale and end to end", () => {
  const found = segments({ created: 600, merged: 200, review: 100, rejected: 100 }, 1000);
  expect(found.created).toEqual([0, 600]);
  expect(found.merged).toEqual([600, 800]);
  expect(found.rejected[1]).toBe(1000);
});

it("keeps 76 of 12,482 rows visible without growing past the bar", () => {
  const found = segments({ created: 9846, merged: 2398, review: 162, rejected: 76 }, 12_482);
  expect(found.rejected[1] - found.rejected[0]).toBeGreaterThan(2.9);
  expect(found.rejected[1]).toBeLessThanOrEqual(1000);
});

it("leaves what is not there out and what is not read yet open", () => {
  const found = segments({ created: 10, merged: 0, review: 0, rejected: 0 }, 100);
  expect(found.merged[1] - found.merged[0]).toBe(0);
  expect(found.rejected[1]).toBe(100);
});
