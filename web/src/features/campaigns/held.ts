import type { Campaign } from "@/api/types";

type Held = Pick<Campaign, "state" | "sendId" | "holdReason" | "dueAt">;

/** Held before it began, as what stands at its launch isn't what was checked: still to be changed, like a draft. */
export function notBegun(one: Pick<Held, "state" | "sendId">): boolean {
  return one.state === "held" && one.sendId === null;
}

/** No "go on" helps: it must be checked and launched again. One that somebody paused goes on while its time is ahead. */
export function needsCheck(one: Held, now: number): boolean {
  const ahead = one.dueAt !== null && Date.parse(one.dueAt) > now;
  return notBegun(one) && !(one.holdReason === "paused" && ahead);
}
