"use client";

import { useMemo } from "react";
import { Rich } from "@/lib/i18n";
import type { Filter } from "../contacts/filter";
import { type Segment, useFields } from "./queries";
import { sentenceOf } from "./sentence";
import { fromFilter, rowsOf } from "./tree";
import { useValues } from "./value-names";
import { useWords } from "./words";

/** A segment's rule in one line of the list. */
export function RuleText({ segment }: { segment: Segment }) {
  const w = useWords();
  const { fields } = useFields();
  const root = useMemo(() => fromFilter(segment.filter as Filter), [segment.filter]);
  const rows = useMemo(() => rowsOf(root), [root]);
  const { show } = useValues(rows, fields);
  if (fields.size === 0) return <span className="h-5" />;
  const { included, excluded } = sentenceOf(root, fields, show, w);
  return (
    <span className="truncate text-xs text-muted-foreground">
      <Rich text={[included, ...excluded].join(" ")} />
    </span>
  );
}
