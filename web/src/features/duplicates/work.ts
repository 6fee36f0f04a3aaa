/**
 * The state of the workbench, apart from React: which pairs are answered, put off or taken back, and which comes next.
 * Answers are shown before the server has them; what it refuses is taken back and asked again.
 */
export type Decision = "merge" | "separate" | "shared";

export interface Answer {
  decision: Decision;
  /** Somebody else was first: who, if the server knows. */
  by?: string | null;
}

export interface Work {
  current: string | null;
  answers: Record<string, Answer>;
  /** Put off, in the order they were. */
  later: string[];
  /** Our own answers, oldest first: what Z takes back. */
  trail: string[];
}

export const NOTHING: Work = { current: null, answers: {}, later: [], trail: [] };

/** Open pairs in the order they are asked: the queue's, then those put off. */
export function order(ids: string[], work: Work): string[] {
  const open = ids.filter((id) => !work.answers[id]);
  return [...open.filter((id) => !work.later.includes(id)), ...work.later.filter((id) => open.includes(id))];
}

/** What is asked after this one: the next below it, from the top again at the end. */
function following(ids: string[], work: Work, from: string): string | null {
  const open = order(ids, work).filter((id) => id !== from);
  const at = ids.indexOf(from);
  return open.find((id) => ids.indexOf(id) > at && !work.later.includes(id)) ?? open[0] ?? null;
}

export type Action =
  | { type: "open"; id: string }
  | { type: "loaded"; ids: string[] }
  | { type: "answer"; ids: string[]; id: string; decision: Decision }
  | { type: "refused"; id: string }
  | { type: "taken"; ids: string[]; id: string; decision: Decision; by: string | null }
  | { type: "later"; ids: string[]; id: string }
  | { type: "undo"; id: string }
  | { type: "step"; ids: string[]; by: number };

function without(answers: Record<string, Answer>, id: string): Record<string, Answer> {
  return Object.fromEntries(Object.entries(answers).filter(([key]) => key !== id));
}

export function reduce(work: Work, action: Action): Work {
  switch (action.type) {
    case "open":
      return { ...work, current: action.id };
    case "loaded":
      return work.current && (action.ids.includes(work.current) || work.answers[work.current])
        ? work
        : { ...work, current: order(action.ids, work)[0] ?? null };
    case "answer": {
      const answers = { ...work.answers, [action.id]: { decision: action.decision } };
      const next = { ...work, answers, trail: [...work.trail, action.id] };
      return { ...next, current: following(action.ids, next, action.id) };
    }
    case "taken": {
      const answers = { ...work.answers, [action.id]: { decision: action.decision, by: action.by } };
      const next = { ...work, answers, trail: work.trail.filter((id) => id !== action.id) };
      return work.current === action.id || work.current === null
        ? { ...next, current: following(action.ids, next, action.id) }
        : next;
    }
    case "refused":
    case "undo":
      return {
        ...work,
        current: action.id,
        answers: without(work.answers, action.id),
        trail: work.trail.filter((id) => id !== action.id),
      };
    case "later": {
      const next = { ...work, later: [...work.later.filter((id) => id !== action.id), action.id] };
      return { ...next, current: following(action.ids, next, action.id) ?? action.id };
    }
    case "step": {
      const open = action.ids.filter((id) => !work.answers[id]);
      const at = work.current ? open.indexOf(work.current) : -1;
      return {
        ...work,
        current: open[Math.max(0, Math.min(open.length - 1, at + action.by))] ?? work.current,
      };
    }
  }
}
