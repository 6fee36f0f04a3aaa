"use client";

import { Checkbox } from "@/components/ui/field";
import type { Column } from "@/components/virtual-table";
import { useT } from "@/lib/i18n";
import type { useSelection } from "./use-selection";

export const GRID =
  "grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[32px_minmax(120px,1.1fr)_128px_minmax(96px,1fr)_96px_56px_minmax(140px,2.2fr)_104px] gap-x-3";

export function useColumns(selection: ReturnType<typeof useSelection>): Column[] {
  const { selectAll, columns } = useT().contacts;
  return [
    {
      key: "check",
      head: (
        <Checkbox
          aria-label={selectAll}
          checked={selection.count > 0 && selection.everything}
          ref={(node) => {
            if (node) node.indeterminate = selection.count > 0 && !selection.everything;
          }}
          onChange={selection.toggleAll}
          className="block"
        />
      ),
      className: "overflow-visible",
    },
    { key: "name", head: columns.name },
    { key: "phone", head: columns.phone },
    { key: "region", head: columns.region },
    { key: "consent", head: columns.consent },
    { key: "channel", head: columns.channel },
    { key: "tags", head: columns.tags },
    { key: "last", head: columns.last, className: "text-right" },
  ];
}
