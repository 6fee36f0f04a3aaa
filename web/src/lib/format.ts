/** Numbers, dates and phones as people read them. Everything is shown in Korean time, whatever the browser's zone. */

export type Locale = "ko" | "en";

const ZONE = "Asia/Seoul";
const DAYS_KO = ["일", "월", "화", "수", "목", "금", "토"];

const grouped = new Intl.NumberFormat("ko-KR");

export function num(value: number): string {
  return grouped.format(value);
}

export function percent(part: number, whole: number, digits = 1): string {
  if (whole === 0) return "0%";
  return `${trim(((100 * part) / whole).toFixed(digits))}%`;
}

function trim(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

export interface KoreanTime {
  year: number;
  month: number;
  day: number;
  weekday: number;
  hour: number;
  minute: number;
  second: number;
}

const parts = new Intl.DateTimeFormat("en-US", {
  timeZone: ZONE,
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
  hourCycle: "h23",
});

export function koreanTime(at: Date | string | number): KoreanTime {
  const found: Record<string, number> = {};
  for (const part of parts.formatToParts(new Date(at))) found[part.type] = Number(part.value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = found;
  return {
    year,
    month,
    day,
    hour,
    minute,
    second,
    weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay(),
  };
}

/** "2027-04-07" in Korean time, for date fields and comparing days. */
export function koreanDay(at: Date | string | number): string {
  const t = koreanTime(at);
  return `${t.year}-${String(t.month).padStart(2, "0")}-${String(t.day).padStart(2, "0")}`;
}

/** For `datetime-local` fields, which know no zone: the wall clock in Korea. */
export function koreanInput(at: Date | string | number): string {
  const t = koreanTime(at);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${koreanDay(at)}T${two(t.hour)}:${two(t.minute)}`;
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

const english = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, ...options });

/** 11월 23일(월) · 23 Nov (Mon) */
export function date(at: Date | string | number, locale: Locale, withYear = false): string {
  const t = koreanTime(at);
  if (locale === "en") {
    const text = english({ day: "numeric", month: "short", ...(withYear && { year: "numeric" }) }).format(
      new Date(at),
    );
    return `${text} (${english({ weekday: "short" }).format(new Date(at))})`;
  }
  return `${withYear ? `${t.year}년 ` : ""}${t.month}월 ${t.day}일(${DAYS_KO[t.weekday]})`;
}

/** 오전 8:52 · 08:52 */
export function clock(at: Date | string | number, locale: Locale): string {
  const t = koreanTime(at);
  const minute = String(t.minute).padStart(2, "0");
  if (locale === "en") return `${String(t.hour).padStart(2, "0")}:${minute}`;
  return `${t.hour < 12 ? "오전" : "오후"} ${t.hour % 12 || 12}:${minute}`;
}

/** 10:02:14, for monitors and logs. */
export function clockSeconds(at: Date | string | number): string {
  const t = koreanTime(at);
  return [t.hour, t.minute, t.second].map((n) => String(n).padStart(2, "0")).join(":");
}

export function dateTime(at: Date | string | number, locale: Locale): string {
  return `${date(at, locale)} ${clock(at, locale)}`;
}

/** 방금, 6분 전, 5시간 전, 어제, 9월 3일(목): near things by distance, far ones by date. */
export function ago(at: Date | string | number, now: Date | number, locale: Locale): string {
  const seconds = Math.round((Number(new Date(now)) - Number(new Date(at))) / 1000);
  const ko = locale === "ko";
  if (seconds < 0) return dateTime(at, locale);
  if (seconds < 60) return ko ? "방금" : "just now";
  if (seconds < 3600) return ko ? `${Math.floor(seconds / 60)}분 전` : `${Math.floor(seconds / 60)} min ago`;
  const days = daysBetween(koreanDay(at), koreanDay(now));
  if (days === 0) return ko ? `${Math.floor(seconds / 3600)}시간 전` : `${Math.floor(seconds / 3600)} h ago`;
  if (days === 1) return ko ? "어제" : "yesterday";
  if (days < 8) return ko ? `${days}일 전` : `${days} days ago`;
  return date(at, locale, koreanTime(at).year !== koreanTime(now).year);
}

/** 약 1분 10초; nothing under a second is worth saying. */
export function duration(seconds: number, locale: Locale): string {
  const s = Math.max(0, Math.round(seconds));
  const units: [number, string, string][] = [
    [Math.floor(s / 3600), "시간", "h"],
    [Math.floor((s % 3600) / 60), "분", "min"],
    [s % 60, "초", "s"],
  ];
  const shown = units.filter(([n], i) => n > 0 && !(i === 2 && s >= 3600));
  if (shown.length === 0) return locale === "ko" ? "0초" : "0 s";
  return shown.map(([n, ko, en]) => (locale === "ko" ? `${n}${ko}` : `${n} ${en}`)).join(" ");
}

export function phone(value: string): string {
  if (!/^[\d*+-]+$/.test(value) || value.includes("-")) return value;
  if (/^02[\d*]{7,8}$/.test(value)) return value.replace(/^(02)(.{3,4})(.{4})$/, "$1-$2-$3");
  if (/^0[\d*]{9,10}$/.test(value)) return value.replace(/^(.{3})(.{3,4})(.{4})$/, "$1-$2-$3");
  if (/^1\d{7}$/.test(value)) return value.replace(/^(.{4})(.{4})$/, "$1-$2");
  return value;
}

export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
