import { expect, it } from "vitest";
import { differing } from "./diff";

it("marks only what differs", () => {
  const marked = (a: string, b: string) => differing(a, b)?.map((part) => part.changed);
  expect(marked("김서연", "김서현")).toEqual(["연", "현"]);
  expect(marked("1984", "1991")).toEqual(["84", "91"]);
  expect(marked("010-2847-4417", "010-2847-4471")).toEqual(["17", "71"]);
  expect(marked("a@naver.com", "aa@naver.com")).toEqual(["", "a"]);
});

it("marks nothing where there is nothing to compare", () => {
  expect(differing("김서연", "김서연")).toBeNull();
  expect(differing("김서연", "")).toBeNull();
});

it("gives every character back", () => {
  for (const part of differing("마포구 연남동", "마포구 서교동") ?? []) {
    expect(["마포구 연남동", "마포구 서교동"]).toContain(part.head + part.changed + part.tail);
  }
});
