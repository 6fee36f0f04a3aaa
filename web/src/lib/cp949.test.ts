import { expect, it } from "vitest";
import { byteLength, unsendable } from "./cp949";
import table from "./cp949.table.json";

it("weighs every character of the basic plane as the server does", () => {
  const wrong: string[] = [];
  let code = 0;
  for (const [count, weight] of table.runs as [number, number][]) {
    for (let i = 0; i < count; i++, code++) {
      if (code === 0xd800) code = 0xe000;
      const char = String.fromCharCode(code);
      const mine = unsendable(char).length > 0 ? -1 : byteLength(char);
      if (mine !== weight) wrong.push(`U+${code.toString(16)}: ${mine}, server ${weight}`);
    }
  }
  expect(code).toBe(0x10000);
  expect(wrong).toEqual([]);
});

it.each(table.sentences)("weighs $text", ({ text, bytes, bad }) => {
  expect(byteLength(text)).toBe(bytes);
  expect(unsendable(text)).toEqual(bad);
});
