import { daysBetween } from "@/lib/format";

/** Where things stand on the strip, in percent of its width. Pure: the pixels are the screen's. */
export interface Bar {
  ids: string[];
  left: number;
  width: number;
  /** Beside a bar that is too short for its words. */
  outside: boolean;
  state: "holding" | "ahead" | "past";
}

export interface Tick {
  day: string;
  left: number;
  before: number;
}

interface Span {
  id: string;
  first: string;
  last: string;
}

const DAYS = 120;
const TICKS = [0, 120, 6, 13, 20, 30, 60, 90]; // the election first: where two would touch, the earlier named one stays
const GAP = 5.4; // percent between two ticks: "3.18 목" is 44 px of about 900

export function minus(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
}

/** 120 days up to the election; from today on where it is farther away. */
export function scale(on: string, electionDay: string) {
  const opens = minus(electionDay, DAYS);
  const start = on < opens ? on : opens;
  const whole = Math.max(1, daysBetween(start, electionDay) + 1);
  const at = (day: string) => Math.min(100, Math.max(0, (100 * daysBetween(start, day)) / whole));
  return { start, at };
}

export function ticks(on: string, electionDay: string): Tick[] {
  const { at } = scale(on, electionDay);
  const kept: Tick[] = [];
  for (const before of TICKS) {
    const day = minus(electionDay, before);
    const left = before === 0 ? 100 : at(day);
    if (kept.every((one) => Math.abs(one.left - left) >= GAP)) kept.push({ day, left, before });
  }
  return kept.sort((a, b) => a.left - b.left);
}

/** Windows with the same days share a bar; bars that don't touch share a lane. `words`: how wide a bar's text is, in percent. */
export function lanes(
  windows: Span[],
  on: string,
  electionDay: string,
  words: (ids: string[]) => number,
): Bar[][] {
  const { start, at } = scale(on, electionDay);
  const groups = new Map<string, Span[]>();
  for (const one of windows) {
    if (one.last < start) continue;
    const key = `${one.first}/${one.last}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const found: { from: number; to: number; bars: Bar[] }[] = [];
  for (const group of groups.values()) {
    const { first, last } = group[0] as Span;
    const ids = group.map((one) => one.id);
    const left = at(first);
    const right = at(minus(last, -1));
    const width = Math.max(right - left, 0.6);
    const outside = words(ids) > width;
    const from = outside ? Math.max(0, left - words(ids)) : left;
    const state = on < first ? "ahead" : on > last ? "past" : "holding";
    const bar: Bar = { ids, left, width, outside, state };
    const lane = found.find((one) => one.to <= from + 0.01);
    if (lane) {
      lane.bars.push(bar);
      lane.to = right;
    } else found.push({ from, to: right, bars: [bar] });
  }
  return found.map((one) => one.bars);
}
