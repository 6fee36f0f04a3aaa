"use client";

import { FileText, PenLine } from "lucide-react";
import { useState } from "react";
import { http } from "@/api/client";
import type { Template } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Checkbox, Field, Input, Select } from "@/components/ui/field";
import { Empty, Failure, NoMatch, Skeleton, useErrorText } from "@/components/ui/states";
import { useDebounced } from "@/lib/hooks";
import { useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { cn } from "@/lib/utils";
import { type Filters, useFolders, useTemplateAct, useTemplates } from "./queries";
import { TemplateState } from "./template-state";
import { useWords } from "./words";

const NONE: Filters = { q: "", channel: "", state: "", folder: null, archived: false };

interface Props {
  open: string | null;
  onOpen: (template: Template) => void;
}

/** Search and filters over the list; a screenful of four states. */
export function TemplateList({ open, onOpen }: Props) {
  const t = useWords();
  const all = useT();
  const [filters, setFilters] = useState(NONE);
  const [renaming, setRenaming] = useState<string | null>(null);
  const asked = useDebounced(filters, 180);
  const list = useTemplates(asked);
  const folders = (useFolders().data ?? []).filter((one) => one.name);
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = JSON.stringify(asked) !== JSON.stringify(NONE);
  const set = (part: Partial<Filters>) => setFilters((was) => ({ ...was, ...part }));
  const choice = (
    label: string,
    value: string,
    onChange: (value: string) => void,
    options: [string, string][],
  ) => (
    <Select aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      {options.map(([one, words]) => (
        <option key={one} value={one}>
          {words}
        </option>
      ))}
    </Select>
  );
  return (
    <>
      <search className="flex flex-col gap-2 border-b p-3">
        <Input
          type="search"
          aria-label={t.search}
          placeholder={t.search}
          value={filters.q}
          maxLength={100}
          onChange={(event) => set({ q: event.target.value })}
        />
        <div className="grid grid-cols-2 gap-2">
          {choice(t.channel, filters.channel, (channel) => set({ channel }), [
            ["", t.allChannels],
            ...Object.entries(t.channels),
          ])}
          {choice(t.state, filters.state, (state) => set({ state }), [
            ["", t.allStates],
            ...Object.entries(t.states),
          ])}
        </div>
        {folders.length > 0 && (
          <div className="flex items-center gap-2">
            <div className="min-w-0 flex-1">
              {choice(t.folder, filters.folder ?? "", (folder) => set({ folder: folder || null }), [
                ["", t.allFolders],
                ...folders.map((one): [string, string] => [one.name, `${one.name} (${one.templates})`]),
              ])}
            </div>
            {filters.folder && (
              <Button
                size="icon"
                aria-label={t.renameFolder}
                onClick={() => setRenaming(filters.folder)}
                className="max-md:size-11"
              >
                <PenLine aria-hidden />
              </Button>
            )}
          </div>
        )}
        <div className="flex min-h-6 items-center gap-2 text-xs">
          <Checkbox
            id="templates-archived"
            checked={filters.archived}
            onChange={(event) => set({ archived: event.target.checked })}
          />
          <label htmlFor="templates-archived">{t.archived}</label>
        </div>
      </search>
      <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
        {list.isPending ? (
          <div aria-hidden className="flex flex-col gap-3 p-4">
            {[1, 2, 3, 4].map((n) => (
              <Skeleton key={n} className="h-10 w-full" />
            ))}
          </div>
        ) : list.isError ? (
          <Failure compact title={t.loadFailed} error={list.error} onRetry={() => void list.refetch()} />
        ) : rows.length === 0 ? (
          filtered ? (
            <NoMatch onClear={() => setFilters(NONE)} />
          ) : (
            <Empty icon={FileText} title={t.emptyTitle}>
              {t.emptyHint}
            </Empty>
          )
        ) : (
          <ul aria-label={t.list} aria-busy={list.isPlaceholderData} className="busy-bar">
            {rows.map((row) => (
              <li key={row.id}>
                <button
                  type="button"
                  aria-current={row.id === open || undefined}
                  onClick={() => onOpen(row)}
                  className={cn(
                    "flex w-full flex-col gap-0.5 border-b px-4 py-2.5 text-left hover:bg-muted",
                    row.id === open && "bg-accent shadow-[inset_2px_0_0_var(--brand)]",
                  )}
                >
                  <span className="flex w-full items-center gap-2">
                    <b className="min-w-0 flex-1 truncate font-medium">{row.name}</b>
                    <TemplateState state={row.state} />
                  </span>
                  <span className="w-full truncate text-xs text-muted-foreground">
                    {[t.channels[row.channel], row.folder, row.body].filter(Boolean).join(" · ")}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
        {list.hasNextPage && (
          <div className="p-4 text-center">
            <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {all.common.more}
            </Button>
          </div>
        )}
      </div>
      {renaming !== null && (
        <RenameFolder
          folder={renaming}
          onClose={(name) => {
            setRenaming(null);
            if (name !== null) set({ folder: name || null });
          }}
        />
      )}
    </>
  );
}

function RenameFolder({ folder, onClose }: { folder: string; onClose: (name: string | null) => void }) {
  const t = useWords();
  const errorText = useErrorText();
  const [name, setName] = useState(folder);
  const rename = useTemplateAct(() =>
    http.post("/api/templates/folders/rename", { old: folder, new: name.trim() }),
  );
  return (
    <Dialog open onOpenChange={(open) => !open && onClose(null)}>
      <DialogContent
        title={t.renameFolder}
        footer={
          <Button
            variant="primary"
            busy={rename.isPending}
            className="max-md:h-12 max-md:flex-1"
            onClick={() =>
              rename.mutate(undefined, {
                onSuccess: () => onClose(name.trim()),
                onError: (error) => toast(errorText(error), { tone: "error" }),
              })
            }
          >
            {t.save}
          </Button>
        }
      >
        <Field label={t.renameFolderTo} hint={t.renameFolderHint}>
          <Input maxLength={40} value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
      </DialogContent>
    </Dialog>
  );
}
