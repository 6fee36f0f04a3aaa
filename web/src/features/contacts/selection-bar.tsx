"use client";

import { Send, Tag as TagIcon, X } from "lucide-react";
import type { Contact, Tag } from "@/api/types";
import { TagPicker } from "@/components/tag-picker";
import { Button } from "@/components/ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { useT } from "@/lib/i18n";
import { MergeChosen, MOST } from "./merge-chosen";
import type { useSelection } from "./use-selection";

interface Props {
  selection: ReturnType<typeof useSelection>;
  /** The rows on screen: only those are merged that somebody can see. */
  rows: Contact[];
  tags: Tag[];
  onTag: (tag: string, remove: boolean) => void;
  onMessage: () => void;
}

export function SelectionBar({ selection, rows, tags, onTag, onMessage }: Props) {
  const t = useT();
  if (selection.count === 0) return null;
  const chosen = selection.isFilter ? [] : rows.filter((one) => selection.has(one.id));
  const mergeable = chosen.length === selection.count && chosen.length > 1 && chosen.length <= MOST;
  return (
    <div
      role="toolbar"
      aria-label={t.contacts.selected(selection.count)}
      className="absolute bottom-7 left-1/2 z-20 flex max-w-[calc(100%-24px)] -translate-x-1/2 animate-rise items-center gap-1 rounded-lg bg-popover py-1.5 pr-1.5 pl-4 shadow-pop"
    >
      <b role="status" className="mr-2 font-semibold whitespace-nowrap">
        {t.contacts.selected(selection.count)}
      </b>
      <Popover>
        <PopoverTrigger asChild>
          <Button variant="ghost">
            <TagIcon aria-hidden />
            {t.contacts.tags}
          </Button>
        </PopoverTrigger>
        <PopoverContent aria-label={t.contacts.tags} side="top" className="w-56 overflow-hidden">
          <TagPicker tags={tags} value={[]} onToggle={(tag) => onTag(tag, false)} />
        </PopoverContent>
      </Popover>
      {mergeable && <MergeChosen chosen={chosen} onDone={selection.clear} />}
      <Button variant="primary" onClick={onMessage}>
        <Send aria-hidden />
        {t.contacts.message}
      </Button>
      <Button variant="ghost" size="icon" aria-label={t.contacts.clearSelection} onClick={selection.clear}>
        <X aria-hidden />
      </Button>
    </div>
  );
}
