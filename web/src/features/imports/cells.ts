/** What the preview's cells say, gathered: which rows to show, what was found in them. The server read the cells. */
import type { PreviewCell, PreviewRow } from "@/api/types";

export type CellState = PreviewCell["state"];

/** Reading order of what was found: mended, understood, not usable. */
const ORDER: CellState[] = ["fixed", "interpreted", "bad", "hidden"];

export interface Found {
  note: string;
  state: CellState;
  message: string;
  /** One cell of the kind, as it was and as it will be. */
  example: PreviewCell;
}

export function rowsToShow(rows: PreviewRow[], which: "first" | "touched"): PreviewRow[] {
  return rows.filter((row) => row[which]);
}

/** A few rows in the file's order that show as many kinds of things as possible, what can't be used before what was mended. */
export function telling(rows: PreviewRow[], count: number): PreviewRow[] {
  const seen = new Set<string>();
  const kept = new Set<PreviewRow>();
  for (const state of [...ORDER].reverse()) {
    for (const row of rows) {
      if (kept.size >= count) break;
      const fresh = row.cells.filter((cell) => cell.state === state && cell.note && !seen.has(cell.note));
      if (fresh.length === 0) continue;
      kept.add(row);
      for (const cell of row.cells) seen.add(cell.note);
    }
  }
  for (const row of rows) if (kept.size < count) kept.add(row);
  return rows.filter((row) => kept.has(row));
}

/** Each kind of thing once, with an example; notes that say nothing new (a blank word) are left out. */
export function foundIn(rows: PreviewRow[]): Found[] {
  const found = new Map<string, Found>();
  for (const row of rows) {
    for (const cell of row.cells) {
      if (!cell.note || cell.note === "blank" || found.has(cell.note)) continue;
      found.set(cell.note, { note: cell.note, state: cell.state, message: cell.message, example: cell });
    }
  }
  return [...found.values()].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
}

/** How this file's two-digit years are read: one of each century where there are both, else the first two. */
export function yearsRead(rows: PreviewRow[], column: number): PreviewCell[] {
  const seen = new Map<string, PreviewCell>();
  for (const row of rows) {
    const cell = row.cells[column];
    if (cell?.note === "two_digit_year" && !seen.has(cell.value)) seen.set(cell.value, cell);
  }
  const all = [...seen.values()];
  const centuries = ["19", "20"].flatMap(
    (century) => all.find((cell) => cell.value.startsWith(century)) ?? [],
  );
  return [...new Set([...centuries, ...all])].slice(0, 2);
}

/** Under the wrong encoding Hangul turns into replacement characters. */
export function looksBroken(rows: PreviewRow[], names: string[]): boolean {
  return (
    names.some((name) => name.includes("\ufffd")) ||
    rows.some((row) => row.cells.some((cell) => cell.raw.includes("\ufffd")))
  );
}
