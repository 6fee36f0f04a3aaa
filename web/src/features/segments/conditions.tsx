"use client";

import { type ReactNode, useMemo, useState } from "react";
import { useDebounced } from "@/lib/hooks";
import { Rich } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import { type Builder, BuilderContext } from "./builder-context";
import { GroupBody } from "./group-box";
import { useCounts } from "./queries";
import { sentenceOf } from "./sentence";
import {
  append,
  cost,
  type Fields,
  filterOf,
  type Group,
  groupsOf,
  type Item,
  MAX_DEPTH,
  MAX_ROWS,
  newGroup,
  remove,
  rowsOf,
} from "./tree";
import { useValues } from "./value-names";
import { useWords } from "./words";

interface Props {
  root: Group;
  fields: Fields;
  onRoot: (by: (root: Group) => Group) => void;
  /** In a dialog, where the keys of the page rest. */
  modal?: boolean;
  children?: ReactNode;
}

/** Counted again this long after the last change. */
export const REST_MS = 250;

/** Groups above this one, in the depth of the grammar. */
function depthAt(item: Item, target: string, above: number): number | null {
  if (item.kind === "row") return null;
  const here = above + cost(item.join);
  if (item.id === target) return here;
  for (const child of item.children) {
    const found = depthAt(child, target, here);
    if (found !== null) return found;
  }
  return null;
}

/** The rule as a sentence, and under it the conditions that make it, each with its own count. */
export function Conditions({ root, fields, onRoot, modal, children }: Props) {
  const w = useWords();
  const rows = useMemo(() => rowsOf(root), [root]);
  const { show, optionsOf } = useValues(rows, fields);
  const [picking, pick] = useState<string | null>(null);
  const [fresh, setFresh] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const settled = useDebounced(root, REST_MS);

  const items: Item[] = [...rowsOf(settled), ...groupsOf(settled).slice(1)];
  // What is left out is counted as whom it is about.
  const asked = items.map((item) =>
    filterOf(item.kind === "group" && item.join === "none" ? { ...item, join: "any" } : item, fields),
  );
  const counts = useCounts([...asked, {}]);
  const at = (item: string) => items.findIndex((one) => one.id === item);

  const edit: Builder["edit"] = (by, words) => {
    onRoot(by);
    if (words) setSaid(words);
  };
  const builder: Builder = {
    root,
    fields,
    w,
    show,
    optionsOf,
    countOf: (item) => counts[at(item)]?.data,
    counting: (item) => at(item) >= 0 && (counts[at(item)]?.isFetching ?? false),
    all: counts[items.length]?.data,
    edit,
    picking,
    pick,
    fresh,
    setFresh,
    mayNest: (group) =>
      rows.length < MAX_ROWS &&
      (depthAt(root, group.id, 0) ?? MAX_DEPTH) < (group.join === "none" ? MAX_DEPTH : MAX_DEPTH - 1),
  };

  useShortcuts([
    { combo: "a", name: "addCondition", group: "screen", modal, run: () => pick(root.id) },
    {
      combo: "g",
      name: "addGroup",
      group: "screen",
      modal,
      run: () => {
        const inner = newGroup("any");
        edit((now) => append(now, now.id, inner));
        pick(inner.id);
      },
    },
    {
      combo: "escape",
      group: "screen",
      run: () => {
        const empty = groupsOf(root).find((group) => group !== root && group.children.length === 0);
        if (empty) edit((now) => remove(now, empty.id));
      },
    },
  ]);

  const sentence = sentenceOf(root, fields, show, w);
  return (
    <BuilderContext value={builder}>
      <div className="mx-auto flex max-w-[800px] flex-col gap-4">
        <div id="segment-sentence" className="rounded-lg bg-muted px-4 py-3 text-base leading-6">
          <p>
            <Rich text={sentence.included} />
          </p>
          {sentence.excluded.map((line) => (
            <p key={line} className="text-destructive [&_b]:text-destructive">
              <Rich text={line} />
            </p>
          ))}
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset can't shrink with its column in every browser */}
        <div
          role="group"
          aria-label={w.conditions}
          aria-describedby="segment-sentence"
          className="flex flex-col gap-2"
        >
          <GroupBody group={root} root />
        </div>
        {children}
      </div>
      <p aria-live="polite" className="sr-only">
        {said}
      </p>
    </BuilderContext>
  );
}
