/**
 * How a cell of the preview will be read, shown before anything is saved. A hint from the browser for the few dozen rows
 * in sight: the server reads every row by its own, finer rules and reports what it could not use.
 */

export type CellState = "plain" | "fixed" | "interpreted" | "bad" | "hidden";

export interface PreviewCell {
  raw: string;
  value: string;
  state: CellState;
  /** Key of `t.imports.notes`. */
  note: string;
}

/** Thirteen digits, or what the server already put in their place. */
const RESIDENT = /\b\d{6}\s*-?\s*[1-8]\d{6}\b|●{6,}/;
const NO = /^(x|n|no|아니오|아니요|거부|미동의|비동의|불가|false|0)$/i;
const YES = /^(o|y|yes|예|네|동의|거부|true|1|v|✓|ㅇ)$/i;

function half(text: string): string {
  return text
    .replace(/[！-～]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/\u3000/g, " ");
}

function shown(digits: string): string {
  if (/^01[016-9]\d{7,8}$/.test(digits)) return digits.replace(/^(\d{3})(\d{3,4})(\d{4})$/, "$1-$2-$3");
  if (/^02\d{7,8}$/.test(digits)) return digits.replace(/^(02)(\d{3,4})(\d{4})$/, "$1-$2-$3");
  if (/^0\d{9,10}$/.test(digits)) return digits.replace(/^(\d{3})(\d{3,4})(\d{4})$/, "$1-$2-$3");
  return "";
}

function phoneCell(raw: string): PreviewCell {
  const text = half(raw).trim();
  if (/^\d(\.\d+)?e\+?\d+$/i.test(text)) return { raw, value: raw, state: "bad", note: "scientific" };
  let digits = text.replace(/^\+?82[\s-]*(\(0\))?/, "0").replace(/\D/g, "");
  const restored = /^1[016-9]\d{7,8}$/.test(digits);
  if (restored) digits = `0${digits}`;
  const value = shown(digits);
  if (!value) return { raw, value: raw, state: "bad", note: "phone" };
  if (value === text) return { raw, value, state: "plain", note: "" };
  return { raw, value, state: "fixed", note: restored ? "leadingZero" : "tidied" };
}

export function readCell(target: string, raw: string): PreviewCell {
  const plain: PreviewCell = { raw, value: raw, state: "plain", note: "" };
  const text = raw.trim();
  if (!text) return plain;
  if (RESIDENT.test(text)) return { raw, value: "", state: "hidden", note: "resident" };
  if (target === "phone") return phoneCell(raw);
  if (target === "email" && !/^\S+@\S+\.\S+$/.test(half(text)))
    return { ...plain, state: "bad", note: "email" };
  if (target === "consent" && NO.test(text))
    return { ...plain, value: "refused", state: "interpreted", note: "refusal" };
  if (target === "refusal" && YES.test(text))
    return { ...plain, value: "refused", state: "interpreted", note: "refusal" };
  return plain;
}
