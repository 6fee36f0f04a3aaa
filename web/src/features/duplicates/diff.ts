/** Where two short values differ: what stands between their common beginning and their common end. */
export interface Parts {
  head: string;
  changed: string;
  tail: string;
}

export function differing(a: string, b: string): [Parts, Parts] | null {
  if (a === b || a === "" || b === "") return null;
  const x = [...a];
  const y = [...b];
  const shorter = Math.min(x.length, y.length);
  let head = 0;
  while (head < shorter && x[head] === y[head]) head++;
  let tail = 0;
  while (tail < shorter - head && x[x.length - 1 - tail] === y[y.length - 1 - tail]) tail++;
  const cut = (chars: string[]): Parts => ({
    head: chars.slice(0, head).join(""),
    changed: chars.slice(head, chars.length - tail).join(""),
    tail: chars.slice(chars.length - tail).join(""),
  });
  return [cut(x), cut(y)];
}
