import type { Draft } from "./draft";
import { toBody } from "./draft-rules";

/** What a person sees as one thing, and where it stands in the draft. */
const GROUPS = {
  name: ["name"],
  messageClass: ["messageClass"],
  audience: ["audience", "chosen", "sharedNumbers", "night"],
  steps: ["channel", "senderId", "templateId", "body", "subject", "kept", "next", "links", "variants"],
  mayOverlap: ["mayOverlap"],
  schedule: ["scheduleAt", "notAfter"],
  sendWindow: ["window"],
} as const satisfies Record<string, readonly (keyof Draft)[]>;

export type StaleField = keyof typeof GROUPS;

/** Somebody else saved in between: who, when, and what both have changed. */
export interface Stale {
  who: string;
  at: string;
  fields: StaleField[];
  mine: Draft;
  theirs: Draft;
}

/** What is kept of it: a form that came from the server and one that went there differ in what neither of them says. */
function said(draft: Draft, field: StaleField): string {
  if (field === "steps") {
    const { steps, links = [], variants = [] } = toBody(draft);
    return JSON.stringify([steps, links, variants]);
  }
  if (field === "audience")
    return JSON.stringify([draft.audience, draft.sharedNumbers, Boolean(draft.night)]);
  return JSON.stringify(GROUPS[field].map((key) => draft[key] ?? null));
}

function take(draft: Draft, from: Draft, field: StaleField): Draft {
  const part = Object.fromEntries(GROUPS[field].map((key) => [key, from[key]]));
  return { ...draft, ...part };
}

/**
 * Both were made from `base`: what only one of them changed is taken from there, what both changed is for a person to say.
 * Without a base everything that differs is.
 */
export function merge(
  base: Draft | null,
  mine: Draft,
  theirs: Draft,
): { merged: Draft; fields: StaleField[] } {
  const fields: StaleField[] = [];
  let merged: Draft = { ...mine, id: theirs.id, version: theirs.version };
  for (const field of Object.keys(GROUPS) as StaleField[]) {
    const [before, here, there] = [base && said(base, field), said(mine, field), said(theirs, field)];
    if (here === there || there === before) continue;
    if (here === before) merged = take(merged, theirs, field);
    else fields.push(field);
  }
  return { merged, fields };
}

/** All that both changed, as the other person has it. */
export function withTheirs(stale: Stale): Draft {
  return stale.fields.reduce((draft, field) => take(draft, stale.theirs, field), stale.mine);
}
