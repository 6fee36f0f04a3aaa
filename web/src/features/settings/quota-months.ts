/**
 * What can be picked, newest first: the current month even before anything was sent in it (on the 1st it has no row yet), those
 * with figures, and the one on screen.
 */
export function monthChoices(current: string | null, known: string[], shown: string | null): string[] {
  return [...new Set([current, shown, ...known])]
    .filter((one): one is string => one !== null)
    .sort()
    .reverse();
}

/** As the address says it: the current month is the page without a name, so that it moves on by itself. */
export function addressOf(picked: string, current: string | null): string | null {
  return picked === current ? null : picked;
}
