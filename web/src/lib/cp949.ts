/**
 * What a text weighs on the air, estimated in the browser while the server's count is on its way. The rules are those of
 * `domain/text.py`; `cp949.test.ts` holds the two together with a table generated from Python.
 */

let extras: Set<number> | null = null;

/**
 * The two-byte characters of CP949 outside Hangul, taken from the browser's own `euc-kr` decoder instead of shipping a
 * table. Decoders differ (Node has no extended Hangul and adds private-use characters), so: drop U+E000..F8FF, take the
 * Hangul block as a whole, add ® and €.
 */
function extra(): Set<number> {
  if (extras) return extras;
  const found = new Set<number>([0xae, 0x20ac]);
  const decoder = new TextDecoder("euc-kr");
  const bytes = new Uint8Array(2);
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x41; trail <= 0xfe; trail++) {
      bytes[0] = lead;
      bytes[1] = trail;
      const text = decoder.decode(bytes);
      const code = text.codePointAt(0) ?? 0;
      if (text.length !== 1 || code < 0x80 || code === 0xfffd || (code >= 0xe000 && code <= 0xf8ff)) continue;
      found.add(code);
    }
  }
  extras = found;
  return found;
}

/** Makes the table in an idle moment: 24,000 decodings take a tenth of a second on a slow machine. */
export function warm(): void {
  if (extras) return;
  if ("requestIdleCallback" in globalThis) requestIdleCallback(() => extra());
  else setTimeout(extra, 200);
}

export function encodable(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x80) return true;
  if (code >= 0xac00 && code <= 0xd7a3) return true;
  return code <= 0xffff && extra().has(code);
}

const SAME: Record<string, string> = {};
function same(chars: string, as: string): void {
  for (const char of chars) SAME[char] = as;
}
same("\u2010\u2011\u2012\u2013\u2014\u2212\u2043\ufe58\ufe63\u02d7", "-");
same("\u2022\u2219\u2027\u30fb\u22c5\u25e6\uff65", "\u00b7");
same("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a", " ");
same("\u202f\u205f\t\u3164\uffa0\u115f\u1160", " ");
same("\u20a9", "\uffe6");
same("\u301c", "\uff5e");
same("\u2024", ".");
same("\u201b", "\u2018");
same("\u201f", "\u201d");
same("\u00c5", "\u212b");
same("\u90ce", "\uf92c");
same("\u96b8", "\uf9b8");

const INVISIBLE: [number, number][] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x2064],
  [0x2066, 0x206f],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xe0000, 0xe007f],
  [0xe0100, 0xe01ef],
];

function visible(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  return !INVISIBLE.some(([from, to]) => code >= from && code <= to);
}

function translate(text: string): string {
  let out = "";
  for (const char of text) if (visible(char)) out += SAME[char] ?? char;
  return out;
}

export function normalise(text: string): string {
  const lines = text.replace(/\r\n?|\u2028|\u2029/g, "\n");
  return translate(translate(lines.normalize("NFC")).normalize("NFC"));
}

/** Bytes of a text as it will be sent; an unencodable character weighs 2, like the server's count. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const char of normalise(text)) bytes += (char.codePointAt(0) ?? 0) < 0x80 ? 1 : 2;
  return bytes;
}

export function unsendable(text: string): string[] {
  const bad = new Set<string>();
  for (const char of normalise(text)) if (!encodable(char)) bad.add(char);
  return [...bad];
}

export const SMS_BYTES = 90;
export const LMS_BYTES = 2000;
