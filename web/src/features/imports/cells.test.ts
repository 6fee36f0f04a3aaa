import { describe, expect, it } from "vitest";
import type { PreviewCell, PreviewRow } from "@/api/types";
import { foundIn, looksBroken, rowsToShow, telling, yearsRead } from "./cells";

const cell = (state: PreviewCell["state"], note = "", raw = "값"): PreviewCell => ({
  raw,
  value: raw,
  state,
  note,
  message: "",
});
const row = (no: number, cells: PreviewCell[], touched = true, first = false): PreviewRow => ({
  row: no,
  sheet: "",
  cells,
  first,
  touched,
});

describe("rows of the preview", () => {
  it("shows the first rows or the touched ones", () => {
    const rows = [row(2, [], false, true), row(90, []), row(3, [], true, true)];
    expect(rowsToShow(rows, "first").map((r) => r.row)).toEqual([2, 3]);
    expect(rowsToShow(rows, "touched").map((r) => r.row)).toEqual([90, 3]);
  });

  it("names each kind of thing once, what was mended before what can't be used", () => {
    const rows = [
      row(1, [cell("bad", "phone_excel"), cell("plain")]),
      row(2, [cell("fixed", "leading_zero", "1022223334"), cell("interpreted", "refusal")]),
      row(3, [cell("fixed", "leading_zero", "1055556666"), cell("interpreted", "blank")]),
    ];
    expect(foundIn(rows).map((f) => f.note)).toEqual(["leading_zero", "refusal", "phone_excel"]);
    expect(foundIn(rows)[0]?.example.raw).toBe("1022223334");
  });

  it("keeps the row that can't be used among many that were mended", () => {
    const mended = Array.from({ length: 20 }, (_, at) => row(at, [cell("fixed", "leading_zero")]));
    const rows = [...mended, row(50, [cell("bad", "phone_excel")]), row(60, [cell("fixed", "name")])];
    expect(telling(rows, 4).map((r) => r.row)).toEqual([0, 1, 50, 60]);
    expect(telling(rows, 40)).toEqual(rows);
  });

  it("notices a wrong encoding in the cells and in the head", () => {
    expect(looksBroken([row(1, [cell("plain")])], ["이름"])).toBe(false);
    expect(looksBroken([row(1, [cell("bad", "broken_text", "\ufffd\ufffd")])], ["이름"])).toBe(true);
    expect(looksBroken([], ["\ufffd\ufffd"])).toBe(true);
  });
});

describe("yearsRead", () => {
  const year = (raw: string, value: string) =>
    ({ raw, value, note: value === raw ? "" : "two_digit_year", state: "interpreted", message: "" }) as const;
  const rows = [
    year("65", "1965"),
    year("65", "1965"),
    year("1970", "1970"),
    year("71", "1971"),
    year("08", "2008"),
  ].map((cell, row) => ({ row, sheet: "", cells: [cell], first: true, touched: true }));

  it("shows one of each century", () => {
    expect(yearsRead(rows, 0).map((cell) => `${cell.raw} ${cell.value}`)).toEqual(["65 1965", "08 2008"]);
  });

  it("shows two of one century when there is no other, and none of a column without any", () => {
    expect(yearsRead(rows.slice(0, 4), 0).map((cell) => cell.value)).toEqual(["1965", "1971"]);
    expect(yearsRead(rows.slice(2, 3), 0)).toEqual([]);
    expect(yearsRead(rows, 5)).toEqual([]);
  });
});
