import type { SegmentWords } from "@/messages/ko/segments";
import { complete, type Fields, type Group, type Item, type Row } from "./tree";

type Form = "end" | "and" | "or";
export type Shown = (field: string, value: string) => string;

function clause(row: Row, fields: Fields, show: Shown, w: SegmentWords, form: Form): string {
  const field = fields.get(row.field);
  const label = field?.label ?? w.unknownField;
  const values = row.values.map((value) => show(row.field, value));
  if (field?.type === "bool") return w.flag(label, (row.values[0] === "true") === (row.op === "eq"), form);
  const value = row.op === "between" ? values.join("~") : values.join("·");
  return w.clause(label, row.op, value, form);
}

/** Is there anything finished in it? What isn't finished is not read out either. */
function says(item: Item, fields: Fields): boolean {
  if (item.kind === "row") return complete(item, fields.get(item.field));
  return item.children.some((child) => says(child, fields));
}

function part(item: Item, fields: Fields, show: Shown, w: SegmentWords, form: Form, nested: boolean): string {
  if (item.kind === "row") return clause(item, fields, show, w, form);
  const children = item.children.filter((child) => child.kind === "row" || child.join !== "none");
  const said = children.filter((child) => says(child, fields));
  const join: Form = item.join === "all" ? "and" : "or";
  const text = said
    .map((child, at) => part(child, fields, show, w, at === said.length - 1 ? form : join, said.length > 1))
    .join(item.join === "all" ? ", " : " ");
  return nested && said.length > 1 ? `(${text})` : text;
}

/** The rule as it is read aloud: who is in, and a line for each group of people who are left out. */
export function sentenceOf(root: Group, fields: Fields, show: Shown, w: SegmentWords) {
  const out = root.children.filter(
    (child): child is Group => child.kind === "group" && child.join === "none" && says(child, fields),
  );
  const inside = part(root, fields, show, w, "end", false);
  return {
    included: inside ? w.sentence(inside) : out.length > 0 ? w.everyoneBut : w.everyone,
    excluded: out.map((group) => w.excluded(part(group, fields, show, w, "end", false))),
  };
}
