/** How long the rest takes, from what was seen in the last seconds: reading a file writes no rows, so its time tells nothing. */

export interface Seen {
  rows: number;
  at: number;
}

const WINDOW_MS = 10_000;
const STEADY_MS = 3_000;

/** The window with one more look; looks that are too old go, and those before the first row too. */
export function see(window: Seen[], rows: number, at: number): Seen[] {
  if (rows === 0) return [];
  return [...window, { rows, at }].filter((one) => at - one.at <= WINDOW_MS);
}

/** Rows a second; null before three seconds of looking. */
export function rateOf(window: Seen[]): number | null {
  const [first, last] = [window[0], window[window.length - 1]];
  if (!first || !last || last.at - first.at < STEADY_MS || last.rows <= first.rows) return null;
  return ((last.rows - first.rows) * 1000) / (last.at - first.at);
}
