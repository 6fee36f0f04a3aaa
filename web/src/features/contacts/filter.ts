/** The filter grammar of the API: one for lists, bulk edits and audiences. `{}` is everyone. */
export type Filter =
  | Record<string, never>
  | { field: string; op: string; value?: unknown }
  | { all: Filter[] }
  | { any: Filter[] }
  | { not: Filter };

/** What the chips over the list can say. Kept in the address; never what was typed into the search box. */
export interface Chips {
  tag: string[];
  /** "no" = may be written to, "yes" = refused. */
  suppressed: string[];
  channel: string[];
  district: string[];
  ageBand: string[];
  /** People of one import. */
  import: string[];
}

export const NO_CHIPS: Chips = {
  tag: [],
  suppressed: [],
  channel: [],
  district: [],
  ageBand: [],
  import: [],
};

export const AGE_BANDS = ["10", "20", "30", "40", "50", "60", "70", "80"];

const KEYS = Object.keys(NO_CHIPS) as (keyof Chips)[];

export function chipsFrom(params: URLSearchParams): Chips {
  const chips = { ...NO_CHIPS };
  for (const key of KEYS) chips[key] = params.get(key)?.split(",").filter(Boolean) ?? [];
  return chips;
}

export function chipsTo(chips: Chips): Record<string, string | null> {
  return Object.fromEntries(KEYS.map((key) => [key, chips[key].join(",") || null]));
}

export function anySet(chips: Chips): boolean {
  return KEYS.some((key) => chips[key].length > 0);
}

function condition(key: keyof Chips, value: string[]): Filter {
  if (key === "suppressed") return { field: key, op: "eq", value: value[0] === "yes" };
  if (key === "import") return { field: key, op: "eq", value: value[0] };
  if (key === "district") return { field: key, op: "contains", value: value[0] };
  return { field: key, op: "in", value };
}

export function toFilter(chips: Chips, excluded: readonly string[] = []): Filter {
  const all = KEYS.filter((key) => chips[key].length > 0).map((key) => condition(key, chips[key]));
  return joined([...all, ...without(excluded)]);
}

/** Everybody but these. */
export function without(excluded: readonly string[]): Filter[] {
  return excluded.length > 0 ? [{ not: { field: "contact", op: "in", value: [...excluded] } }] : [];
}

/** All of these conditions, as flat as it goes: the server takes groups four deep. */
export function joined(parts: readonly Filter[]): Filter {
  const flat = parts.flatMap((one) =>
    "all" in one && Array.isArray(one.all) ? (one.all as Filter[]) : [one],
  );
  const all = flat.filter((one) => Object.keys(one).length > 0);
  const [only] = all;
  if (!only) return {};
  return all.length === 1 ? only : { all };
}

/** Back from a condition to the chips that made it; what no chip can say is left out. */
export function chipsOf(filter: Filter): Chips {
  const chips: Chips = { ...NO_CHIPS };
  const take = (one: Filter) => {
    if (!("field" in one) || !KEYS.includes(one.field as keyof Chips)) return;
    const key = one.field as keyof Chips;
    if (key === "suppressed") chips[key] = [one.value ? "yes" : "no"];
    else chips[key] = Array.isArray(one.value) ? (one.value as string[]) : [String(one.value)];
  };
  if ("all" in filter && Array.isArray(filter.all)) filter.all.forEach(take);
  else take(filter);
  return chips;
}
