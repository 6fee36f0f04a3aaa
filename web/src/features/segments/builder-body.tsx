"use client";

import { useMemo } from "react";
import { useDebounced } from "@/lib/hooks";
import { type Filter, joined } from "../contacts/filter";
import { Conditions, REST_MS } from "./conditions";
import { LeaveOut } from "./leave-out";
import { type Members, type Segment, useCounts, usePreview } from "./queries";
import { ResultRail } from "./result-rail";
import { type Fields, filterOf, fromFilter, rowsOf } from "./tree";
import type { Draft } from "./use-segment-form";
import { useValues } from "./value-names";
import { whyOf } from "./why";
import { useWords } from "./words";

interface Props {
  id: string;
  draft: Draft;
  body: Members;
  fields: Fields;
  segments: Segment[];
  onDraft: (by: (now: Draft) => Draft) => void;
  dirty: boolean;
}

const CHANNELS = ["sms", "kakao"] as const;

/** The conditions and, beside them, whom they leave. */
export function BuilderBody({ id, draft, body, fields, segments, onDraft, dirty }: Props) {
  const w = useWords();
  const settled = useDebounced(draft.root, REST_MS);
  const members = useDebounced(body, REST_MS);
  const preview = usePreview(members);
  const reachable = CHANNELS.map(
    (channel): Filter =>
      joined([
        members.filter,
        { field: "suppressed", op: "eq", value: false },
        { field: "channel", op: "in", value: [channel] },
      ]),
  );
  // The first condition that nobody meets says why nobody is left, as long as all of them must hold.
  const alone = settled.join === "all" ? settled.children.flatMap((child) => rowsOf(child).slice(0, 1)) : [];
  const [all, ...rest] = useCounts([{}, ...reachable, ...alone.map((row) => filterOf(row, fields))]);
  // The numbers of conditions are those of what was sent.
  const asked = useMemo(() => fromFilter(members.filter), [members.filter]);
  const askedRows = useMemo(() => rowsOf(asked), [asked]);
  const { show } = useValues(askedRows, fields);
  const emptied = alone.find((_row, at) => rest[CHANNELS.length + at]?.data?.value === 0);
  return (
    <div className="flex min-h-0 flex-1 max-lg:flex-col max-lg:overflow-y-auto">
      <div className="thin-scroll min-w-0 flex-1 overflow-y-auto p-6 max-lg:flex-none max-lg:overflow-visible max-md:p-3">
        <Conditions
          root={draft.root}
          fields={fields}
          onRoot={(by) => onDraft((now) => ({ ...now, root: by(now.root) }))}
        >
          <LeaveOut id={id} draft={draft} segments={segments} onDraft={onDraft} />
        </Conditions>
      </div>
      <ResultRail
        preview={preview}
        onRetry={() => void preview.refetch()}
        channels={CHANNELS.map((key, at) => ({ key, total: rest[at]?.data }))}
        all={all?.data}
        onLeaveOut={(contact) =>
          onDraft((now) => ({
            ...now,
            excludeContactIds: [...new Set([...now.excludeContactIds, contact])],
            includeContactIds: now.includeContactIds.filter((one) => one !== contact),
          }))
        }
        emptiedBy={emptied ? (fields.get(emptied.field)?.label ?? null) : null}
        whyOf={(person, met) =>
          members.includeContactIds.includes(person.id) && met.length === 0
            ? w.added
            : whyOf(asked, met, person, fields, show, w)
        }
        listed={id === "new" || dirty ? null : `/contacts?segment=${id}`}
        w={w}
      />
    </div>
  );
}
