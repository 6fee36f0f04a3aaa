"use client";

import { useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { http } from "@/api/client";
import { useFormat, useT } from "@/lib/i18n";
import type { Shown } from "./sentence";
import type { Field, Fields, Row } from "./tree";
import { useWords } from "./words";

export interface Option {
  value: string;
  label: string;
  count?: number;
}

/** Lists that the server keeps elsewhere, asked for once a condition names them. */
function useSource(from: "tags" | "imports" | "campaigns", wanted: boolean) {
  const query = useQuery({
    queryKey: ["segment-values", from],
    queryFn: async ({ signal }): Promise<Option[]> => {
      if (from === "tags") {
        const page = await http.get("/api/tags", { signal });
        return page.items.map((one) => ({ value: one.name, label: one.name, count: one.contacts }));
      }
      if (from === "imports") {
        const page = await http.get("/api/imports", { query: { limit: 100 }, signal });
        return page.items.map((one) => ({ value: one.id, label: one.fileName }));
      }
      const page = await http.get("/api/campaigns", { query: { limit: 100 }, signal });
      return page.items
        .filter((one) => one.state !== "draft")
        .map((one) => ({ value: one.id, label: one.name }));
    },
    enabled: wanted,
    staleTime: 60_000,
  });
  return query.data;
}

/** The most frequent values of a field, narrowed by what is typed. */
export function useFieldValues(field: string, q: string, wanted: boolean) {
  return useQuery({
    queryKey: ["segment-values", "of", field, q],
    queryFn: ({ signal }) => http.get("/api/contacts/field-values", { query: { field, q }, signal }),
    select: (answer): Option[] => answer.items,
    enabled: wanted,
    staleTime: 60_000,
  }).data;
}

function usePeople(rows: Row[]) {
  const ids = rows.filter((row) => row.field === "contact").flatMap((row) => row.values);
  const t = useT();
  const found = useQueries({
    queries: ids.slice(0, 20).map((id) => ({
      queryKey: ["contact", id],
      queryFn: () => http.get("/api/contacts/{contact_id}", { path: { contact_id: id } }),
      staleTime: 60_000,
      retry: false,
    })),
  });
  return new Map(
    found.flatMap((one) => (one.data ? [[one.data.id, one.data.name || t.contacts.noName]] : [])),
  );
}

/** How a value is called: a date as people say it, an id by its name. */
export function useValues(rows: Row[], fields: Fields) {
  const t = useT();
  const f = useFormat();
  const w = useWords();
  const asks = (from: string) => rows.some((row) => fields.get(row.field)?.valuesFrom === from);
  const tags = useSource("tags", asks("tags"));
  const imports = useSource("imports", asks("imports"));
  const campaigns = useSource("campaigns", asks("campaigns"));
  const people = usePeople(rows);

  const optionsOf = useCallback(
    (field: Field): Option[] | null => {
      if (field.valuesFrom === "tags") return tags ?? [];
      if (field.valuesFrom === "imports") return imports ?? [];
      if (field.valuesFrom === "campaigns") return campaigns ?? [];
      if (field.options.length === 0) return null;
      return field.options.map((value) => ({ value, label: nameOf(field, value) }));

      function nameOf(of: Field, value: string): string {
        if (of.key === "ageBand") return t.contacts.ageBand(value);
        return t.contacts.channels[value] ?? of.optionLabels?.[value] ?? value;
      }
    },
    [tags, imports, campaigns, t],
  );
  const names = useMemo(() => {
    const found = new Map<string, string>();
    for (const row of rows) {
      const field = fields.get(row.field);
      for (const one of (field && optionsOf(field)) ?? []) found.set(`${row.field}:${one.value}`, one.label);
    }
    return found;
  }, [rows, fields, optionsOf]);

  const show: Shown = (key, value) => {
    const field = fields.get(key);
    if (key === "contact") return people.get(value) ?? "…";
    if (field?.type === "bool") return value === "true" ? w.yes : w.no;
    if (field?.type === "date" && /^\d{4}-\d{2}-\d{2}$/.test(value)) {
      return f.date(`${value}T12:00:00+09:00`, true);
    }
    const known = names.get(`${key}:${value}`) ?? field?.optionLabels?.[value];
    if (known) return known;
    // An id says nothing to anybody; it has a name as soon as its list has come.
    return field?.valuesFrom === "imports" || field?.valuesFrom === "campaigns" ? "…" : value;
  };
  return { show, optionsOf };
}
