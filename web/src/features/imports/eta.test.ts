import { describe, expect, it } from "vitest";
import { rateOf, type Seen, see } from "./eta";

const watch = (looks: [number, number][]) =>
  looks.reduce<Seen[]>((window, [rows, at]) => see(window, rows, at), []);

describe("the remaining time", () => {
  it("says nothing before three steady seconds", () => {
    expect(
      rateOf(
        watch([
          [5000, 0],
          [10000, 2900],
        ]),
      ),
    ).toBeNull();
    expect(
      rateOf(
        watch([
          [5000, 0],
          [11000, 3000],
        ]),
      ),
    ).toBe(2000);
  });

  it("doesn't count the time in which the file was read", () => {
    expect(
      rateOf(
        watch([
          [0, 0],
          [0, 9000],
          [1000, 10000],
          [7000, 13000],
        ]),
      ),
    ).toBe(2000);
  });

  it("follows a change of pace and says nothing when it stands still", () => {
    expect(
      rateOf(
        watch([
          [1000, 0],
          [60000, 5000],
          [61000, 16000],
          [65000, 20000],
        ]),
      ),
    ).toBe(1000);
    expect(
      rateOf(
        watch([
          [1000, 0],
          [1000, 5000],
        ]),
      ),
    ).toBeNull();
  });
});
