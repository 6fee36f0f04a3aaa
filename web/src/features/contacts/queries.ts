"use client";

import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { http } from "@/api/client";
import type { Contact, ContactPage } from "@/api/types";
import { useAfterPaint } from "@/lib/hooks";
import { useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import type { Filter } from "./filter";

export type Sort =
  | "-createdAt"
  | "createdAt"
  | "-updatedAt"
  | "updatedAt"
  | "district"
  | "-district"
  | "-lastContact";

export interface ContactQuery {
  q: string;
  filter: Filter;
  sort: Sort;
  /** Left out when there is none: the boot script asks for the plain list under a key of its own. */
  segmentId?: string;
}

const PAGE = 100;

export function isEveryone(filter: Filter): boolean {
  return Object.keys(filter).length === 0;
}

export const contactsKey = (query: ContactQuery) => ["contacts", "list", query] as const;

export function useContacts(query: ContactQuery) {
  return useInfiniteQuery({
    queryKey: contactsKey(query),
    queryFn: ({ pageParam, signal }) =>
      http.get("/api/contacts", {
        query: {
          q: query.q,
          filter: isEveryone(query.filter) ? undefined : JSON.stringify(query.filter),
          sort: query.sort,
          segmentId: query.segmentId,
          cursor: pageParam,
          limit: PAGE,
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });
}

export function useContactTotal() {
  return useQuery({
    queryKey: ["contacts", "total"],
    queryFn: ({ signal }) => http.get("/api/contacts", { query: { limit: 1 }, signal }),
    select: (page) => page.total ?? null,
    staleTime: 60_000,
  });
}

export function useContact(id: string | null) {
  return useQuery({
    queryKey: ["contact", id],
    queryFn: ({ signal }) =>
      http.get("/api/contacts/{contact_id}", { path: { contact_id: id ?? "" }, signal }),
    enabled: id !== null,
  });
}

export function useConsents(id: string) {
  return useQuery({
    queryKey: ["contact", id, "consents"],
    queryFn: ({ signal }) =>
      http.get("/api/contacts/{contact_id}/consents", { path: { contact_id: id }, signal }),
    select: (page) => page.items,
  });
}

/** The full number, shown once and written into the audit log by the server. */
export function useReveal(id: string) {
  return useMutation({
    mutationFn: () => http.get("/api/contacts/{contact_id}/reveal", { path: { contact_id: id } }),
  });
}

/** The answer to "how do you know my number?", from what is on record; asked for when somebody wants it. */
export function useSourceAnswer(id: string) {
  return useMutation({
    mutationFn: () => http.get("/api/contacts/{contact_id}/source-answer", { path: { contact_id: id } }),
  });
}

export function useTags() {
  return useQuery({
    queryKey: ["tags"],
    queryFn: ({ signal }) => http.get("/api/tags", { signal }),
    enabled: useAfterPaint(), // how many carry each is counted: a tenth of a second of the server, and rows come first
    select: (page) => page.items,
    staleTime: 60_000,
  });
}

/** `q`: what was typed into the search box; it goes along in the body, never into an address that is kept. */
export type Selection = { ids: string[] } | { filter: Filter; q?: string } | { segmentId: string };

export interface TagChange {
  selection: Selection;
  /** For the sentence that says what happened. */
  count: number;
  tag: string;
  remove?: boolean;
}

type Pages = InfiniteData<ContactPage, string | null>;

/** Seen at once, taken back if the server says no, and undone with one key. */
export function useTagChange() {
  const client = useQueryClient();
  const t = useT();
  const send = ({ selection, tag, remove }: TagChange) =>
    http.post("/api/bulk-edits", { ...selection, changes: { [remove ? "removeTags" : "addTags"]: [tag] } });

  const paint = ({ selection, tag, remove }: TagChange) => {
    if (!("ids" in selection)) return;
    const ids = new Set(selection.ids);
    const change = (c: Contact): Contact =>
      ids.has(c.id)
        ? { ...c, tags: remove ? c.tags.filter((name) => name !== tag) : [...new Set([...c.tags, tag])] }
        : c;
    client.setQueriesData<Pages>({ queryKey: ["contacts", "list"] }, (data) =>
      data ? { ...data, pages: data.pages.map((p) => ({ ...p, items: p.items.map(change) })) } : data,
    );
    for (const id of selection.ids) client.setQueryData<Contact>(["contact", id], (c) => (c ? change(c) : c));
  };

  const mutation = useMutation({
    mutationFn: send,
    onMutate: async (change: TagChange) => {
      await client.cancelQueries({ queryKey: ["contacts", "list"] });
      const before = client.getQueriesData<Pages>({ queryKey: ["contacts", "list"] });
      paint(change);
      return { before };
    },
    onError: (_error, _change, context) => {
      for (const [key, data] of context?.before ?? []) client.setQueryData(key, data);
      toast(t.contacts.tagFailed, { tone: "error" });
    },
    onSuccess: (edit, change) => {
      const say = change.remove ? t.contacts.untagged : t.contacts.tagged;
      toast(say(change.count, change.tag), {
        undo: {
          label: t.common.undo,
          run: () => {
            paint({ ...change, remove: !change.remove });
            // Exactly: whoever had the tag before keeps it, which the opposite change would not see to.
            void http
              .post("/api/bulk-edits/{edit_id}/undo", undefined, { path: { edit_id: edit.id } })
              .catch(() => toast(t.contacts.tagFailed, { tone: "error" }))
              .finally(() => client.invalidateQueries({ queryKey: ["contacts"] }));
          },
        },
      });
      void client.invalidateQueries({ queryKey: ["tags"] });
      if (!("ids" in change.selection)) void client.invalidateQueries({ queryKey: ["contacts"] });
    },
  });
  return mutation.mutate;
}
