import { describe, expect, it } from "vitest";
import { csvOf, nameOf } from "./again";

describe("csvOf", () => {
  it("keeps commas, quotes and line breaks inside their cells", () => {
    expect(csvOf(["이름", "메모"], [["김하늘", '그가 "네,\n내일"']])).toBe(
      '\ufeff이름,메모\r\n김하늘,"그가 ""네,\n내일"""\r\n',
    );
  });
});

describe("nameOf", () => {
  it("says which list it belongs to", () => {
    expect(nameOf("간담회.2026.xlsx", "고친 줄")).toBe("간담회.2026 (고친 줄).csv");
    expect(nameOf("명단", "고친 줄")).toBe("명단 (고친 줄).csv");
  });
});
