"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { http } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { useDebounced } from "@/lib/hooks";
import { useT } from "@/lib/i18n";
import { usePageWords } from "@/lib/page-words";
import ko from "@/messages/ko/content";

const english = () => import("@/messages/en/content");

export interface Person {
  id: string;
  name: string;
}

interface Props {
  label: string;
  hint?: string;
  /** What the list of those to pick from is called. */
  list: string;
  /** Offered until something is typed. */
  people: Person[];
  chosen: string[];
  /** Whoever is picked is seen elsewhere or among `people`: the box is free for the next. */
  clears?: boolean;
  onPick: (person: Person) => void;
}

/** Anybody on record, not only who gets it: a long name or an empty field is what one wants to see. */
export function PersonFinder({ label, hint, list, people, chosen, clears, onPick }: Props) {
  const w = usePageWords(ko, english);
  const t = useT();
  const [typed, setTyped] = useState("");
  const query = useDebounced(typed.trim(), 250);
  const found = useQuery({
    queryKey: ["contacts", "preview", query],
    queryFn: ({ signal }) => http.get("/api/contacts", { query: { q: query, limit: 6 }, signal }),
    enabled: query !== "",
  }).data?.items;
  const listed: (Person & { place?: string | null })[] =
    typed.trim() === ""
      ? people
      : (found ?? []).map((one) => ({ id: one.id, name: one.name, place: one.district }));
  return (
    <div>
      <Field label={label} hint={hint}>
        <Input
          type="search"
          autoComplete="off"
          placeholder={w.previewFind}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </Field>
      <ul aria-label={list} className="mt-2 flex flex-wrap gap-1.5 empty:hidden">
        {listed.map((one) => {
          const pressed = chosen.includes(one.id);
          return (
            <li key={one.id}>
              <Button
                size="sm"
                variant={pressed ? "soft" : "ghost"}
                aria-pressed={pressed}
                onClick={() => {
                  onPick({ id: one.id, name: one.name });
                  if (clears) setTyped("");
                }}
                className="max-md:h-11"
              >
                {[one.name || t.contacts.noName, one.place].filter(Boolean).join(" · ")}
              </Button>
            </li>
          );
        })}
      </ul>
      {typed.trim() !== "" && found?.length === 0 && (
        <p role="status" className="mt-2 text-xs text-muted-foreground">
          {w.previewNobody}
        </p>
      )}
    </div>
  );
}
