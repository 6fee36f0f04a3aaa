"use client";

import { useMemo, useState } from "react";
import { useDebounced } from "@/lib/hooks";
import { Rich } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import type { Filter } from "../contacts/filter";
import { type Builder, BuilderContext } from "./builder-context";
import { GroupBody } from "./group-box";
import { LeaveOut } from "./leave-out";
import { type Members, type Segment, useCounts, usePreview } from "./queries";
import { ResultRail } from "./result-rail";
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
import type { Draft } from "./use-segment-form";
import { useValues } from "./value-names";
import { useWords } from "./words";

interface Props {
  id: string;
  draft: Draft;
  body: Members;
  fields: Fields;
  segments: Segment[];
  onDraft: (by: (now: Draft) => Draft) => void;
}

const CHANNELS = ["sms", "kakao"] as const;
/** Counted again this long after the last change. */
const REST_MS = 250;

const both = (filter: Filter, more: Filter[]): Filter =>
  "all" in filter && Array.isArray(filter.all)
    ? { all: [...filter.all, ...more] }
    : Object.keys(filter).length === 0
      ? { all: more }
      : { all: [filter, ...more] };

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

export function BuilderBody({ id, draft, body, fields, segments, onDraft }: Props) {
  const w = useWords();
  const { root } = draft;
  const rows = useMemo(() => rowsOf(root), [root]);
  const { show, optionsOf } = useValues(rows, fields);
  const [picking, pick] = useState<string | null>(null);
  const [fresh, setFresh] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const settled = useDebounced(draft, REST_MS);
  const members = useDebounced(body, REST_MS);
  const preview = usePreview(members);

  // One count each: every condition by itself, every group, the whole book, what an exclusion takes away, the channels.
  const items: Item[] = [...rowsOf(settled.root), ...groupsOf(settled.root).slice(1)];
  const isOut = (item: Item): item is Group => item.kind === "group" && item.join === "none";
  const asked = items.map((item) =>
    isOut(item) ? filterOf({ ...item, join: "any" }, fields) : filterOf(item, fields),
  );
  const reachable = CHANNELS.map((channel) =>
    both(members.filter, [
      { field: "suppressed", op: "eq", value: false },
      { field: "channel", op: "in", value: [channel] },
    ]),
  );
  const counts = useCounts([...asked, {}, ...reachable]);
  const all = counts[items.length]?.data;
  const at = (item: string) => items.findIndex((one) => one.id === item);

  const edit: Builder["edit"] = (by, words) => {
    onDraft((now) => ({ ...now, root: by(now.root) }));
    if (words) setSaid(words);
  };
  const mayNest = (group: Group) =>
    rows.length < MAX_ROWS &&
    (depthAt(root, group.id, 0) ?? MAX_DEPTH) < (group.join === "none" ? MAX_DEPTH : MAX_DEPTH - 1);
  const builder: Builder = {
    root,
    fields,
    w,
    show,
    optionsOf,
    countOf: (item) => counts[at(item)]?.data,
    counting: (item) => at(item) >= 0 && (counts[at(item)]?.isFetching ?? false),
    all,
    edit,
    picking,
    pick,
    fresh,
    setFresh,
    mayNest,
  };

  useShortcuts([
    { combo: "a", name: "addCondition", group: "screen", run: () => pick(root.id) },
    {
      combo: "g",
      name: "addGroup",
      group: "screen",
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
  const emptied =
    root.join === "all"
      ? rowsOf(settled.root).find((row) => counts[at(row.id)]?.data?.value === 0)
      : undefined;
  return (
    <BuilderContext value={builder}>
      <div className="flex min-h-0 flex-1 max-lg:flex-col max-lg:overflow-y-auto">
        <div className="thin-scroll min-w-0 flex-1 overflow-y-auto p-6 max-lg:flex-none max-lg:overflow-visible max-md:p-3">
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
            {/* biome-ignore lint/a11y/useSemanticElements: a fieldset can't scroll inside in every browser */}
            <div
              role="group"
              aria-label={w.conditions}
              aria-describedby="segment-sentence"
              className="flex flex-col gap-2"
            >
              <GroupBody group={root} root />
            </div>
            <LeaveOut id={id} draft={draft} segments={segments} onDraft={onDraft} />
          </div>
        </div>
        <ResultRail
          preview={preview}
          onRetry={() => void preview.refetch()}
          channels={CHANNELS.map((key, n) => ({ key, total: counts[items.length + 1 + n]?.data }))}
          all={all}
          onLeaveOut={(contact) =>
            onDraft((now) => ({ ...now, excludeContactIds: [...now.excludeContactIds, contact] }))
          }
          emptiedBy={emptied ? (fields.get(emptied.field)?.label ?? null) : null}
          w={w}
        />
      </div>
      <p aria-live="polite" className="sr-only">
        {said}
      </p>
    </BuilderContext>
  );
}
