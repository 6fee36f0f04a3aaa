import { describe, expect, it } from "vitest";
import { fill, pieces, variableBefore, variablesOf } from "./variables";

const BODY = "안녕하세요 #{이름}님, #{지역} 모임에 #{이름}님을 모셔요";

describe("variables", () => {
  it("cuts a text into plain parts and names", () => {
    expect(pieces("가#{이름}나")).toEqual([
      { text: "가", name: null },
      { text: "#{이름}", name: "이름" },
      { text: "나", name: null },
    ]);
  });
  it("lists each name once, in order", () => {
    expect(variablesOf(BODY)).toEqual(["이름", "지역"]);
  });
  it("leaves what only looks like a variable alone", () => {
    for (const text of ["#{", "#{}", "#{ }", "#{이\n름}", "# {이름}"]) expect(variablesOf(text)).toEqual([]);
  });
  it("does not expand a value that looks like a variable", () => {
    expect(fill("#{이름}", { 이름: "#{지역}", 지역: "망원동" })).toBe("#{지역}");
  });
  it("finds the variable that ends at the caret", () => {
    expect(variableBefore("가#{이름}나", 6)).toEqual({ from: 1, to: 6 });
    expect(variableBefore("가#{이름}나", 5)).toBeNull();
    expect(variableBefore("가#{이름}나", 7)).toBeNull();
  });
});
