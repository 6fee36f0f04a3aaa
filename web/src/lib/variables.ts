/** `#{이름}` in a text, by the grammar of `domain/template.py`. */

const VARIABLE = /#\{([^{}#\n]{1,50})\}/g;

export interface Piece {
  text: string;
  /** The variable's name; null for plain text. */
  name: string | null;
}

export function pieces(body: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of body.matchAll(VARIABLE)) {
    const name = (match[1] ?? "").trim();
    if (!name) continue;
    if (match.index > end) found.push({ text: body.slice(end, match.index), name: null });
    found.push({ text: match[0], name });
    end = match.index + match[0].length;
  }
  if (end < body.length) found.push({ text: body.slice(end), name: null });
  return found;
}

export function variablesOf(body: string): string[] {
  return [...new Set(pieces(body).flatMap((piece) => piece.name ?? []))];
}

export function fill(body: string, values: Record<string, string>): string {
  return pieces(body)
    .map((piece) => (piece.name === null ? piece.text : (values[piece.name] ?? piece.text)))
    .join("");
}

/** Where a whole variable ends right before the caret: Backspace takes it as one. */
export function variableBefore(body: string, caret: number): { from: number; to: number } | null {
  let at = 0;
  for (const piece of pieces(body)) {
    const to = at + piece.text.length;
    if (piece.name !== null && to === caret) return { from: at, to };
    at = to;
  }
  return null;
}
