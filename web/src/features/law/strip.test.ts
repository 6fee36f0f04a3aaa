import { describe, expect, it } from "vitest";
import { lanes, scale, ticks } from "./strip";

const DAY = "2027-04-07";
const WIDE = () => 8;

describe("the strip of an election", () => {
  it("covers the 120 days before it, and more where today is farther away", () => {
    expect(scale("2027-01-21", DAY).start).toBe("2026-12-08");
    expect(scale("2026-11-22", DAY).start).toBe("2026-11-22");
    expect(scale("2027-05-01", DAY).at("2027-05-01")).toBe(100);
  });

  it("names the days that rules hang on, and leaves out those that would touch", () => {
    expect(ticks("2027-01-21", DAY).map((one) => one.before)).toEqual([120, 90, 60, 30, 20, 13, 6, 0]);
    const far = ticks("2026-01-01", DAY).map((one) => one.before);
    expect(far.at(-1)).toBe(0);
    expect(far).not.toContain(6);
  });

  it("puts windows of the same days into one bar and what follows into the same lane", () => {
    const found = lanes(
      [
        { id: "preliminary", first: "2026-12-08", last: "2027-03-19" },
        { id: "report", first: "2027-01-07", last: DAY },
        { id: "books", first: "2027-01-07", last: DAY },
        { id: "period", first: "2027-03-25", last: DAY },
      ],
      "2027-01-21",
      DAY,
      WIDE,
    );
    expect(found.map((lane) => lane.map((bar) => bar.ids))).toEqual([
      [["preliminary"], ["period"]],
      [["report", "books"]],
    ]);
    expect(found.flat().map((bar) => bar.state)).toEqual(["holding", "ahead", "holding"]);
  });

  it("gives the words of a short bar a place of their own before it", () => {
    const short = { id: "poll_results", first: "2027-04-01", last: DAY };
    const before = { id: "preliminary", first: "2026-12-08", last: "2027-03-19" };
    const found = lanes([before, short], "2027-01-21", DAY, () => 30);
    expect(found).toHaveLength(2);
    expect(found[1]?.[0]?.outside).toBe(true);
  });
});
