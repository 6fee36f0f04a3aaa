import { describe, expect, it } from "vitest";
import {
  ago,
  clock,
  date,
  dateTime,
  daysBetween,
  duration,
  koreanDay,
  koreanInput,
  num,
  percent,
  phone,
} from "./format";

const AT = "2026-11-23T08:52:00+09:00";

describe("dates are Korean whatever the browser's zone", () => {
  it("crosses midnight in Seoul, not in UTC", () => {
    expect(koreanDay("2026-11-22T15:00:00Z")).toBe("2026-11-23");
    expect(koreanDay("2026-11-22T14:59:59Z")).toBe("2026-11-22");
  });
  it("says the weekday", () => {
    expect(date(AT, "ko")).toBe("11월 23일(월)");
    expect(date(AT, "en")).toBe("23 Nov (Mon)");
    expect(date(AT, "ko", true)).toBe("2026년 11월 23일(월)");
  });
  it("uses 오전/오후 and never hour zero", () => {
    expect(clock(AT, "ko")).toBe("오전 8:52");
    expect(clock("2026-11-23T00:05:00+09:00", "ko")).toBe("오전 12:05");
    expect(clock("2026-11-23T12:05:00+09:00", "ko")).toBe("오후 12:05");
    expect(dateTime(AT, "en")).toBe("23 Nov (Mon) 08:52");
  });
  it("fills a field with the wall clock in Korea", () => {
    expect(koreanInput("2026-11-22T23:05:00Z")).toBe("2026-11-23T08:05");
  });
  it("counts days to the election", () => {
    expect(daysBetween("2026-11-23", "2027-04-07")).toBe(135);
  });
});

describe("ago", () => {
  const now = new Date("2026-11-23T08:52:00+09:00");
  it.each([
    ["2026-11-23T08:51:30+09:00", "방금"],
    ["2026-11-23T08:46:00+09:00", "6분 전"],
    ["2026-11-23T03:30:00+09:00", "5시간 전"],
    ["2026-11-22T23:00:00+09:00", "어제"],
    ["2026-11-20T23:00:00+09:00", "3일 전"],
    ["2026-09-03T10:00:00+09:00", "9월 3일(목)"],
    ["2025-09-03T10:00:00+09:00", "2025년 9월 3일(수)"],
  ])("%s is %s", (at, text) => {
    expect(ago(at, now, "ko")).toBe(text);
  });
});

describe("numbers", () => {
  it("groups and trims", () => {
    expect(num(109846)).toBe("109,846");
    expect(percent(1, 3)).toBe("33.3%");
    expect(percent(1, 2)).toBe("50%");
    expect(percent(0, 0)).toBe("0%");
    expect(percent(100, 100)).toBe("100%");
  });
  it("speaks durations", () => {
    expect(duration(70, "ko")).toBe("1분 10초");
    expect(duration(3725, "ko")).toBe("1시간 2분");
    expect(duration(0, "ko")).toBe("0초");
  });
  it.each([
    ["01060383548", "010-6038-3548"],
    ["0212345678", "02-1234-5678"],
    ["021234567", "02-123-4567"],
    ["010****3548", "010-****-3548"],
    ["15881234", "1588-1234"],
    ["hayun@example.com", "hayun@example.com"],
  ])("%s as %s", (raw, shown) => {
    expect(phone(raw)).toBe(shown);
  });
});
