"use client";

import { Download, PenLine, Send, Tag as TagIcon, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { Contact, Tag } from "@/api/types";
import { TagPicker } from "@/components/tag-picker";
import { Button } from "@/components/ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { useT } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import { toast } from "@/lib/toast";
import { startWith } from "../campaigns/draft";
import { useMe } from "../session/queries";
import { MergeChosen, MOST } from "./merge-chosen";
import type { useSelection } from "./use-selection";
import { useWorkWords } from "./work-words";

const BulkDialog = lazy(() => import("./bulk-dialog").then((m) => ({ default: m.BulkDialog })));
const ExportDialog = lazy(() => import("./export-dialog").then((m) => ({ default: m.ExportDialog })));

interface Props {
  selection: ReturnType<typeof useSelection>;
  /** How many, in words: a number that stopped counting has its plus. */
  people: string;
  /** Everybody under these conditions; offered while only some of them are chosen. */
  all: string;
  /** The rows on screen: only those are merged that somebody can see. */
  rows: Contact[];
  tags: Tag[];
  onTag: (tag: string, remove: boolean) => void;
  /** False: these people can't be the audience of a campaign as they were chosen. */
  onMessage: (start: typeof startWith) => boolean;
}

export function SelectionBar({ selection, people, all, rows, tags, onTag, onMessage }: Props) {
  const t = useT();
  const w = useWorkWords();
  const may = useMe().data?.permissions ?? [];
  const [opened, setOpened] = useState<"edit" | "export" | null>(null);
  useShortcuts([{ combo: "e", name: "edit", group: "list", run: () => setOpened("edit") }]);
  const chosen = selection.isFilter ? [] : rows.filter((one) => selection.has(one.id));
  const mergeable = chosen.length === selection.count && chosen.length > 1 && chosen.length <= MOST;
  return (
    <div
      role="toolbar"
      data-actionbar
      aria-label={w.selected(people)}
      className="absolute bottom-7 left-1/2 z-20 flex max-w-[calc(100%-24px)] -translate-x-1/2 animate-rise items-center gap-1 overflow-x-auto rounded-lg bg-popover py-1.5 pr-1.5 pl-4 shadow-pop"
    >
      <b role="status" className="mr-1 font-semibold whitespace-nowrap">
        {w.selected(people)}
      </b>
      {!selection.isFilter && !selection.everything && (
        <Button variant="link" onClick={selection.everyone} className="mr-1">
          {w.everyone(all)}
        </Button>
      )}
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
      <Button variant="ghost" onClick={() => setOpened("edit")}>
        <PenLine aria-hidden />
        {w.edit}
      </Button>
      {may.includes("exports.run") && (
        <Button variant="ghost" onClick={() => setOpened("export")}>
          <Download aria-hidden />
          {w.export}
        </Button>
      )}
      {mergeable && <MergeChosen chosen={chosen} onDone={selection.clear} />}
      <Button
        variant="primary"
        onClick={() => onMessage(startWith) || toast(w.notByQuery, { tone: "error" })}
      >
        <Send aria-hidden />
        {t.contacts.message}
      </Button>
      <Button variant="ghost" size="icon" aria-label={t.contacts.clearSelection} onClick={selection.clear}>
        <X aria-hidden />
      </Button>
      <Suspense>
        {opened === "edit" && (
          <BulkDialog
            selection={selection.value()}
            people={people}
            tags={tags}
            onClose={() => setOpened(null)}
            onDone={selection.clear}
          />
        )}
        {opened === "export" && (
          <ExportDialog selection={selection.value()} people={people} onClose={() => setOpened(null)} />
        )}
      </Suspense>
    </div>
  );
}
