/**
 * The state of the desk, apart from React: which group is looked at, which are decided and how it went. A decision is shown at
 * once, as being saved; only the server's answer says for how many people it held.
 */
import type { Resolution, UncertainGroup, UncertainSend } from "@/api/types";

/** People of one request to a carrier: what is known of it is known of all of them. */
export interface Item {
  id: string;
  send: UncertainSend;
  group: UncertainGroup;
}

export function itemsOf(sends: UncertainSend[]): Item[] {
  return sends.flatMap((send) => send.groups.map((group) => ({ id: group.requestId, send, group })));
}

/** All requests of a send together. */
export function wholeOf(send: UncertainSend): { people: number; units: number } {
  return {
    people: send.groups.reduce((sum, group) => sum + group.people, 0),
    units: send.groups.reduce((sum, group) => sum + group.units, 0),
  };
}

/** The server counts a decision about a whole send once: told group by group, as if the first had held for all of theirs. */
export function shares(groups: UncertainGroup[], resolved: number): number[] {
  let left = resolved;
  return groups.map((group) => {
    const mine = Math.min(group.people, left);
    left -= mine;
    return mine;
  });
}

export interface Answer {
  decision: Resolution;
  people: number;
  name: string;
  /** How many it held for; null until the server has said so. */
  resolved: number | null;
  /** When it said so. */
  at: number;
}

export interface Desk {
  current: string | null;
  order: string[];
  answers: Record<string, Answer>;
}

export const NOTHING: Desk = { current: null, order: [], answers: {} };

export function open(desk: Desk): string[] {
  return desk.order.filter((id) => !desk.answers[id]);
}

/** How many people this person has decided about since the page was opened. */
export function decidedPeople(desk: Desk): number {
  return Object.values(desk.answers).reduce((sum, answer) => sum + (answer.resolved ?? 0), 0);
}

export type Action =
  | { type: "loaded"; ids: string[]; at: number }
  | { type: "open"; id: string }
  | { type: "step"; by: number }
  | { type: "decide"; id: string; decision: Resolution; people: number; name: string }
  | { type: "answered"; id: string; resolved: number; at: number }
  | { type: "refused"; id: string };

/** Where one stood, or what has moved up to that place. */
function near(before: string[], after: string[], current: string | null): string | null {
  if (current !== null && after.includes(current)) return current;
  if (current === null) return after[0] ?? null;
  const behind = before.slice(Math.max(0, before.indexOf(current))).find((id) => after.includes(id));
  return behind ?? after.at(-1) ?? null;
}

function without<T>(record: Record<string, T>, drop: (id: string, value: T) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([id, value]) => !drop(id, value)));
}

export function reduce(desk: Desk, action: Action): Desk {
  switch (action.type) {
    case "loaded": {
      // Read after it was answered and still listed: somebody of it is unknown again, and is asked about again.
      const answers = without(
        desk.answers,
        (id, answer) => answer.resolved !== null && action.at > answer.at && action.ids.includes(id),
      );
      const next = { ...desk, order: action.ids, answers };
      return { ...next, current: near(open(desk), open(next), desk.current) };
    }
    case "open":
      return { ...desk, current: action.id };
    case "step": {
      const ids = open(desk);
      const at = desk.current === null ? -1 : ids.indexOf(desk.current);
      return { ...desk, current: ids[Math.max(0, Math.min(ids.length - 1, at + action.by))] ?? desk.current };
    }
    case "decide": {
      const { type: _, id, ...said } = action;
      const next = { ...desk, answers: { ...desk.answers, [id]: { ...said, resolved: null, at: 0 } } };
      return { ...next, current: near(open(desk), open(next), desk.current) };
    }
    case "answered": {
      const answer = desk.answers[action.id];
      if (!answer) return desk;
      const done = { ...answer, resolved: action.resolved, at: action.at };
      return { ...desk, answers: { ...desk.answers, [action.id]: done } };
    }
    case "refused":
      return { ...desk, current: action.id, answers: without(desk.answers, (id) => id === action.id) };
  }
}

/** Questions as a list with its gap: the first and the newest are kept, those between are only counted. */
export function questionLines<Q>(asked: number, questions: Q[]): (Q | { left: number })[] {
  const left = asked - questions.length;
  const [first, ...rest] = questions;
  return left > 0 && first !== undefined ? [first, { left }, ...rest] : questions;
}
