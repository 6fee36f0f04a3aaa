import { expect, it } from "vitest";
import { readCell } from "./cells";

it.each([
  ["phone", "010-2847-1193", "plain", "010-2847-1193"],
  ["phone", "1028471193", "fixed", "010-2847-1193"],
  ["phone", "０１０ ３３９２ ８８１４", "fixed", "010-3392-8814"],
  ["phone", "+82 10-3392-8814", "fixed", "010-3392-8814"],
  ["phone", "02-332-1906", "plain", "02-332-1906"],
  ["phone", "1.01E+09", "bad", "1.01E+09"],
  ["phone", "010-2214-", "bad", "010-2214-"],
  ["phone", "", "plain", ""],
  ["email", "minjun@", "bad", "minjun@"],
  ["email", "minjun@naver.com", "plain", "minjun@naver.com"],
  ["consent", "X", "interpreted", "refused"],
  ["consent", "O", "plain", "O"],
  ["refusal", "O", "interpreted", "refused"],
  ["memo", "저녁 참석 희망", "plain", "저녁 참석 희망"],
])("%s: %s is %s", (target, raw, state, value) => {
  expect(readCell(target, raw)).toMatchObject({ state, value });
});

it("never shows a resident number, whatever the column", () => {
  for (const raw of ["850101-1234567", "주민 8501011234567 확인", "850101 - 2234567"]) {
    expect(readCell("memo", raw)).toMatchObject({ state: "hidden", value: "" });
  }
  expect(readCell("phone", "01012345678").state).toBe("fixed");
});
