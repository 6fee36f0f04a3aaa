/** Refused rows mended by hand, as a small list of their own. */

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** With a byte order mark, so that nobody has to guess the encoding; every cell of the first row is the header. */
export function csvOf(columns: string[], rows: string[][]): string {
  return `\ufeff${[columns, ...rows].map((row) => `${row.map(quoted).join(",")}\r\n`).join("")}`;
}

export function nameOf(fileName: string, suffix: string): string {
  return `${fileName.replace(/\.[^.]*$/, "")} (${suffix}).csv`;
}
