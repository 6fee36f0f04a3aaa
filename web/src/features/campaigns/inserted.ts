/** A text cut at what its author didn't write. */
export interface Cut {
  before: string;
  own: string;
  after: string;
}

/** What goes out against what was written: notices stand before and behind it. Null where nothing was put in, or it can't be told apart. */
export function inserted(written: string, goesOut: string): Cut | null {
  const own = written.trim();
  const at = own === "" ? -1 : goesOut.indexOf(own);
  if (at === -1 || goesOut.trim() === own) return null;
  return { before: goesOut.slice(0, at), own, after: goesOut.slice(at + own.length) };
}
