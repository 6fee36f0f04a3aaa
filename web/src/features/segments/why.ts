import type { SegmentWords } from "@/messages/ko/segments";
import type { Shown } from "./sentence";
import { type Fields, type Group, groupsOf, type Row, rowsOf } from "./tree";

interface Person {
  district: string;
  tags: string[];
}

const SHOWN = 2;
const POSITIVE = ["in", "has", "eq"];

/** The values of the condition that this person has, where their row says so; else the condition as it is written. */
function said(row: Row, person: Person, fields: Fields, show: Shown, w: SegmentWords): string {
  const label = fields.get(row.field)?.label ?? w.unknownField;
  if (POSITIVE.includes(row.op)) {
    const held = row.field === "tag" ? person.tags : row.field === "district" ? [person.district] : null;
    const own = held && row.values.filter((value) => held.includes(value));
    if (own?.length) return own.join(" · ");
    if (fields.get(row.field)?.type === "bool") return label;
    return `${label} ${row.values.map((value) => show(row.field, value)).join("·")}`;
  }
  const values = row.values.map((value) => show(row.field, value)).join("~");
  const unit = row.op === "within_days" ? w.days : "";
  return [label, `${values}${unit}`, w.ops[row.op]].filter(Boolean).join(" ");
}

/**
 * Why a person is in: what they meet of the choices first, for what everybody must meet tells nobody apart. `met`: numbers of
 * conditions in the order in which they are written.
 */
export function whyOf(
  root: Group,
  met: number[],
  person: Person,
  fields: Fields,
  show: Shown,
  w: SegmentWords,
): string {
  const rows = rowsOf(root);
  const choices = new Set(
    groupsOf(root)
      .filter((group) => group.join === "any")
      .flatMap((group) => rowsOf(group).map((row) => row.id)),
  );
  const held = met.flatMap((number) => rows[number] ?? []);
  const apart = held.filter((row) => choices.has(row.id));
  return [...apart, ...held.filter((row) => !choices.has(row.id))]
    .slice(0, SHOWN)
    .map((row) => said(row, person, fields, show, w))
    .join(" · ");
}
