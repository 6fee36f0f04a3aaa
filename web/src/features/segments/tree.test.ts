import { describe, expect, it } from "vitest";
import type { Filter } from "../contacts/filter";
import {
  append,
  complete,
  depthOf,
  type Field,
  FieldTable,
  fromFilter,
  groupsOf,
  move,
  newGroup,
  newRow,
  place,
  type Row,
  remove,
  rowsOf,
  toFilter,
} from "./tree";

const field = (key: string, type: string, ops: string[], options: string[] = []): Field => ({
  key,
  label: key,
  type,
  ops,
  options,
});
const ALL = [
  field("district", "text", ["contains", "eq", "in", "is_empty"]),
  field("tag", "set", ["has", "has_not", "in"]),
  field("createdAt", "date", ["after", "between", "within_days"]),
  field("tagCount", "number", ["between", "eq", "gte"]),
  field("suppressed", "bool", ["eq", "ne"]),
];
const FIELDS = new Map(ALL.map((one) => [one.key, one]));
const row = (key: string, op: string, ...values: string[]): Row => ({
  kind: "row",
  id: `${key}-${op}-${values.join()}`,
  field: key,
  op,
  values,
});

describe("a filter goes through the builder unchanged", () => {
  const nested: Filter = {
    all: [
      { field: "district", op: "in", value: ["마포구"] },
      { field: "createdAt", op: "after", value: "2025-01-01" },
      {
        any: [
          { field: "tag", op: "in", value: ["간담회", "청년"] },
          {
            all: [
              { field: "tagCount", op: "between", value: [1, 3] },
              { field: "createdAt", op: "within_days", value: 90 },
            ],
          },
        ],
      },
      { not: { field: "suppressed", op: "eq", value: true } },
      {
        not: {
          any: [
            { field: "tag", op: "has", value: "탈퇴" },
            { field: "district", op: "is_empty" },
          ],
        },
      },
    ],
  };
  it.each<[string, Filter]>([
    ["everyone", {}],
    ["one condition", { field: "suppressed", op: "eq", value: false }],
    ["one exclusion", { not: { field: "tag", op: "has", value: "탈퇴" } }],
    ["groups in groups", nested],
  ])("%s", (_name, filter) => {
    expect(toFilter(fromFilter(filter), FIELDS)).toEqual(filter);
  });
});

it("leaves out what isn't finished, and a group of nothing else", () => {
  const root = newGroup("all", [
    row("district", "in"),
    row("createdAt", "within_days", "0"),
    row("tagCount", "between", "5", "2"),
    newGroup("any", [row("tag", "in")]),
    row("tag", "has", "청년"),
  ]);
  expect(toFilter(root, FIELDS)).toEqual({ field: "tag", op: "has", value: "청년" });
  expect(toFilter(newGroup("none", [row("tag", "in")]), FIELDS)).toEqual({});
});

it("never takes a field or a comparison that the server doesn't have", () => {
  expect(complete(row("gone", "eq", "1"), FIELDS.get("gone"))).toBe(false);
  expect(complete(row("tag", "gte", "1"), FIELDS.get("tag"))).toBe(false);
  expect(complete(row("district", "is_empty"), FIELDS.get("district"))).toBe(true);
});

it("begins with the comparison that people mean", () => {
  expect(ALL.map((one) => newRow(one).op)).toEqual(["in", "in", "within_days", "eq", "eq"]);
});

it("takes a group away with its last condition", () => {
  const inner = row("tag", "has", "청년");
  const root = newGroup("all", [
    row("district", "in", "마포구"),
    newGroup("any", [newGroup("all", [inner])]),
  ]);
  expect(groupsOf(remove(root, inner.id))).toHaveLength(1);
  expect(rowsOf(remove(root, inner.id))).toHaveLength(1);
});

it("adds, moves and places conditions, between groups too", () => {
  const [a, b, c] = [row("tag", "has", "가"), row("tag", "has", "나"), row("tag", "has", "다")] as const;
  const any = newGroup("any", [c]);
  const root = append(newGroup("all", [a, b]), "nowhere", c);
  const whole = append(root, root.id, any);
  const order = (group: typeof root) => rowsOf(group).map((one) => one.values[0]);
  expect(order(whole)).toEqual(["가", "나", "다"]);
  expect(order(move(whole, a.id, 1))).toEqual(["나", "가", "다"]);
  expect(order(move(whole, a.id, -1))).toEqual(["가", "나", "다"]);
  const across = place(whole, a.id, c.id);
  expect(groupsOf(across)[1]?.children.map((one) => one.id)).toEqual([a.id, c.id]);
  expect(order(place(whole, a.id, b.id))).toEqual(["나", "가", "다"]);
  expect(place(whole, any.id, c.id)).toBe(whole); // not into itself
});

it("knows how deep a filter is", () => {
  expect(depthOf({})).toBe(0);
  expect(depthOf({ not: { any: [{ all: [{ field: "tag", op: "has", value: "청년" }] }] } })).toBe(3);
});

it("keeps a condition about a column that no list has any more", () => {
  const fields = new FieldTable(ALL.map((one) => [one.key, one]));
  const filter: Filter = {
    all: [
      { field: "tag", op: "has", value: "청년" },
      { field: "attribute:직업", op: "eq", value: "교사" },
    ],
  };
  expect(toFilter(fromFilter(filter), fields)).toEqual(filter);
});
