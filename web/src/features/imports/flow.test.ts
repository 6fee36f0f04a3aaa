import { expect, it } from "vitest";
import { countsOf, segments } from "./flow";

it("draws rows to scale and end to end; pairs to review lie in them", () => {
  const found = segments({ created: 600, merged: 300, review: 250, rejected: 100 }, 1000);
  expect(found.created).toEqual([0, 600]);
  expect(found.merged).toEqual([600, 900]);
  expect(found.review).toEqual([900, 900]);
  expect(found.rejected).toEqual([900, 1000]);
});

it("counts every row once", () => {
  const counts = countsOf({ created: 5, updated: 2, merged: 3, skipped: 1, review: 4, rejected: 1 });
  expect(counts.created + counts.merged + counts.rejected).toBe(12);
});

it("keeps 76 of 12,482 rows visible without growing past the bar", () => {
  const found = segments({ created: 9846, merged: 2560, review: 162, rejected: 76 }, 12_482);
  expect(found.rejected[1] - found.rejected[0]).toBeGreaterThan(2.9);
  expect(found.rejected[1]).toBeLessThanOrEqual(1000);
});

it("leaves what is not there out and what is not read yet open", () => {
  const found = segments({ created: 10, merged: 0, review: 0, rejected: 0 }, 100);
  expect(found.merged[1] - found.merged[0]).toBe(0);
  expect(found.rejected[1]).toBe(100);
});
