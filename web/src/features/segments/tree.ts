import type { Filter } from "../contacts/filter";

/** What the server says of one field. Custom attributes come the same way. */
export interface Field {
  key: string;
  label: string;
  type: string;
  ops: string[];
  options: string[];
  group?: string;
  optionLabels?: Record<string, string>;
  /** Where values to choose from are kept, if somewhere else: tags, imports, campaigns, or "values" (the most frequent ones). */
  valuesFrom?: string | null;
}

const OWN = "attribute:";

/**
 * The fields by their keys. The server lists the columns of lists it knows now; a condition may name one of a list that was taken
 * back since. Were it unknown here, saving would drop the condition and the segment would mean more people.
 */
export class FieldTable extends Map<string, Field> {
  override get(key: string): Field | undefined {
    const found = super.get(key);
    if (found || !key.startsWith(OWN)) return found;
    const label = key.slice(OWN.length);
    return { key, label, type: "token", ops: ["eq", "in", "ne"], options: [], group: "custom" };
  }
}

/** One condition as it is being written; values are text until they are sent. */
export interface Row {
  kind: "row";
  id: string;
  field: string;
  op: string;
  values: string[];
}

/** `none`: whoever matches any of it is left out. */
export type Join = "all" | "any" | "none";

export interface Group {
  kind: "group";
  id: string;
  join: Join;
  children: Item[];
}

export type Item = Row | Group;

/** Of the server's grammar (domain/filters.py): groups within groups. */
export const MAX_DEPTH = 4;
/** The server counts at most so many conditions at once. */
export const MAX_ROWS = 40;

let made = 0;
/** Made up here, never sent: only the screen needs to tell two equal conditions apart. */
const id = () => `n${++made}`;

export const newGroup = (join: Join, children: Item[] = []): Group => ({
  kind: "group",
  id: id(),
  join,
  children,
});

/** What most people mean when they choose the field: one of several where that can be said. */
const PREFERRED = ["in", "within_days", "eq", "contains", "has"];

export function newRow(field: Field): Row {
  const op = PREFERRED.find((one) => field.ops.includes(one)) ?? field.ops[0] ?? "eq";
  return { kind: "row", id: id(), field: field.key, op, values: field.type === "bool" ? ["true"] : [] };
}

/** How many values an operator takes; null: as many as one likes. */
export function arity(op: string): number | null {
  if (op === "is_empty" || op === "is_not_empty") return 0;
  if (op === "in") return null;
  return op === "between" ? 2 : 1;
}

const isNumber = (text: string) => text.trim() !== "" && Number.isFinite(Number(text));
const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text);

function fits(op: string, type: string, value: string): boolean {
  if (op === "within_days") return /^[1-9]\d{0,3}$/.test(value) && Number(value) <= 3650;
  if (type === "number") return isNumber(value);
  if (type === "date") return isDay(value);
  return value.trim() !== "";
}

/** Nothing is missing and the server will take it; what isn't finished counts nobody and stops nobody. */
export function complete(row: Row, field: Field | undefined): boolean {
  if (!field?.ops.includes(row.op)) return false;
  const wanted = arity(row.op);
  if (wanted === 0) return true;
  if (wanted === null ? row.values.length === 0 : row.values.length !== wanted) return false;
  if (!row.values.every((value) => fits(row.op, field.type, value))) return false;
  if (row.op !== "between") return true;
  const [from = "", until = ""] = row.values;
  return field.type === "number" ? Number(from) <= Number(until) : from <= until;
}

function sent(value: string, row: Row, type: string): unknown {
  if (row.op === "within_days" || type === "number") return Number(value);
  if (type === "bool") return value === "true";
  return value.trim();
}

export type Fields = ReadonlyMap<string, Field>;

function rowFilter(row: Row, fields: Fields): Filter | null {
  const field = fields.get(row.field);
  if (!field || !complete(row, field)) return null;
  const wanted = arity(row.op);
  if (wanted === 0) return { field: row.field, op: row.op };
  const values = row.values.map((value) => sent(value, row, field.type));
  return { field: row.field, op: row.op, value: wanted === 1 ? values[0] : values };
}

/** Null: nothing in it is finished, so it says nothing (and not "everyone"). */
export function filterOf(item: Item, fields: Fields): Filter | null {
  if (item.kind === "row") return rowFilter(item, fields);
  const inner = item.children.map((child) => filterOf(child, fields)).filter((one) => one !== null);
  const [only] = inner;
  if (!only) return null;
  if (item.join === "none") return { not: inner.length === 1 ? only : { any: inner } };
  if (inner.length === 1) return only;
  return item.join === "all" ? { all: inner } : { any: inner };
}

/** The whole as the API takes it. `{}` is everyone. */
export function toFilter(root: Group, fields: Fields): Filter {
  return filterOf(root, fields) ?? {};
}

const text = (value: unknown) => String(value);

function itemOf(filter: Filter): Item {
  if ("all" in filter && Array.isArray(filter.all)) return newGroup("all", filter.all.map(itemOf));
  if ("any" in filter && Array.isArray(filter.any)) return newGroup("any", filter.any.map(itemOf));
  if ("not" in filter) {
    const inner = itemOf(filter.not as Filter);
    return newGroup("none", inner.kind === "group" && inner.join === "any" ? inner.children : [inner]);
  }
  const one = filter as { field: string; op: string; value?: unknown };
  const values =
    one.value === undefined || one.value === null
      ? []
      : Array.isArray(one.value)
        ? one.value.map(text)
        : [text(one.value)];
  return { kind: "row", id: id(), field: one.field, op: one.op, values };
}

/** Back from a filter, whoever wrote it: the same people, the same shape. */
export function fromFilter(filter: Filter): Group {
  if (Object.keys(filter).length === 0) return newGroup("all");
  const item = itemOf(filter);
  return item.kind === "group" && item.join !== "none" ? item : newGroup("all", [item]);
}

/** How deep the filter would be if this were the deepest group: an exclusion of several costs two. */
export function depthOf(filter: Filter): number {
  if ("all" in filter && Array.isArray(filter.all)) return 1 + Math.max(0, ...filter.all.map(depthOf));
  if ("any" in filter && Array.isArray(filter.any)) return 1 + Math.max(0, ...filter.any.map(depthOf));
  if ("not" in filter) return 1 + depthOf(filter.not as Filter);
  return 0;
}

/** Depth that the groups above use up, were they all needed. */
export const cost = (join: Join) => (join === "none" ? 2 : 1);

export function rowsOf(item: Item): Row[] {
  return item.kind === "row" ? [item] : item.children.flatMap(rowsOf);
}

export function groupsOf(item: Item): Group[] {
  return item.kind === "row" ? [] : [item, ...item.children.flatMap(groupsOf)];
}

/** Every item with the one of this id exchanged; `null` takes it out. Groups left empty go with it. */
export function change(root: Group, target: string, by: (item: Item) => Item | null): Group {
  const walk = (item: Item): Item | null => {
    if (item.id === target) return by(item);
    if (item.kind === "row") return item;
    const children = item.children.map(walk);
    if (children.every((child, at) => child === item.children[at])) return item;
    return { ...item, children: children.filter((child) => child !== null) };
  };
  return (walk(root) as Group | null) ?? newGroup("all");
}

export function remove(root: Group, target: string): Group {
  const next = change(root, target, () => null);
  const empty = groupsOf(next).find((group) => group.id !== root.id && group.children.length === 0);
  return empty ? remove(next, empty.id) : next;
}

/** Takes a group away that nothing was put into. */
export function dropEmpty(root: Group, group: string): Group {
  const found = groupsOf(root).find((one) => one.id === group);
  return found && found !== root && found.children.length === 0 ? remove(root, group) : root;
}

export function append(root: Group, group: string, item: Item): Group {
  return change(root, group, (one) =>
    one.kind === "group" ? { ...one, children: [...one.children, item] } : one,
  );
}

/** Up or down among its own. */
export function move(root: Group, target: string, by: -1 | 1): Group {
  const home = groupsOf(root).find((group) => group.children.some((child) => child.id === target));
  if (!home) return root;
  const at = home.children.findIndex((child) => child.id === target);
  const to = at + by;
  if (to < 0 || to >= home.children.length) return root;
  const children = [...home.children];
  const [one] = children.splice(at, 1);
  if (one) children.splice(to, 0, one);
  return change(root, home.id, () => ({ ...home, children }));
}

/** To the place of another, in whatever group that stands. A group can't go into itself. */
export function place(root: Group, target: string, before: string): Group {
  const item = [...rowsOf(root), ...groupsOf(root)].find((one) => one.id === target);
  if (!item || target === before || rowsOf(item).some((row) => row.id === before)) return root;
  const without = remove(root, target);
  const home = groupsOf(without).find((group) => group.children.some((child) => child.id === before));
  if (!home) return root;
  const at = home.children.findIndex((child) => child.id === before);
  // Downwards within one list it lands below, as the hand expects.
  const old = groupsOf(root).find((group) => group.id === home.id)?.children ?? [];
  const down =
    old.findIndex((c) => c.id === target) >= 0 &&
    old.findIndex((c) => c.id === target) < old.findIndex((c) => c.id === before);
  const children = [...home.children];
  children.splice(down ? at + 1 : at, 0, item);
  return change(without, home.id, () => ({ ...home, children }));
}
