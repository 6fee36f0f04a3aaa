"use client";

import { ArrowDownUp, Search, X } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import type { Tag } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Keys } from "@/components/ui/kbd";
import { Menu, MenuContent, MenuRadioGroup, MenuRadioItem, MenuTrigger } from "@/components/ui/popover";
import { useT } from "@/lib/i18n";
import { isComposing } from "@/lib/keys";
import { ContactChips } from "./contact-chips";
import type { Chips } from "./filter";

interface Props {
  inputRef: RefObject<HTMLInputElement | null>;
  typed: string;
  onTyped: (text: string) => void;
  /** A syllable is under the hand of the input method. */
  onComposing: (composing: boolean) => void;
  /** Out of the box and into the list. */
  onLeave: () => void;
  chips: Chips;
  onChips: (chips: Chips) => void;
  sort: string;
  onSort: (sort: string) => void;
  onClear: () => void;
  count: string;
  tags: Tag[];
  filtered: boolean;
  /** What was found by a typed word comes in one order only. */
  sortable: boolean;
  children?: ReactNode;
}

export function ContactToolbar({
  inputRef,
  typed,
  onTyped,
  onComposing,
  onLeave,
  chips,
  onChips,
  sort,
  onSort,
  onClear,
  count,
  tags,
  filtered,
  sortable,
  children,
}: Props) {
  const t = useT();
  return (
    <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-1.5 border-b px-5 py-1.5 max-md:px-3">
      <div className="field-focus flex h-7 w-60 items-center gap-2 rounded-md border border-input bg-card px-2.5 max-md:h-11 max-md:w-full dark:bg-transparent">
        <Search aria-hidden className="size-4 shrink-0 text-muted-foreground" />
        <input
          ref={inputRef}
          type="text"
          inputMode="search"
          autoComplete="off"
          value={typed}
          onChange={(event) => onTyped(event.target.value)}
          onKeyDown={(event) => {
            if (isComposing(event.nativeEvent)) return;
            if (event.key === "Enter" || event.key === "ArrowDown") {
              event.preventDefault();
              onLeave();
            }
            if (event.key !== "Escape") return;
            if (typed) onTyped("");
            else event.currentTarget.blur();
          }}
          onCompositionStart={() => onComposing(true)}
          onCompositionEnd={() => onComposing(false)}
          placeholder={t.contacts.search}
          aria-label={t.contacts.search}
          className="min-w-0 flex-1 bg-transparent outline-none"
        />
        {typed ? (
          <button
            type="button"
            aria-label={t.common.clear}
            onClick={() => onTyped("")}
            className="rounded-sm p-0.5 hover:bg-accent"
          >
            <X aria-hidden className="size-3.5" />
          </button>
        ) : (
          <Keys combo="/" />
        )}
      </div>
      <div className="flex flex-wrap items-center gap-1.5 max-md:-mx-3 max-md:w-[calc(100%+24px)] max-md:flex-nowrap max-md:overflow-x-auto max-md:px-3 max-md:[scrollbar-width:none]">
        <ContactChips chips={chips} onChips={onChips} tags={tags} />
        {children}
        {(filtered || typed) && (
          <Button variant="ghost" size="sm" onClick={onClear}>
            {t.common.clearAll}
          </Button>
        )}
      </div>
      <span className="ml-auto flex items-center gap-2 max-md:ml-0 max-md:w-full max-md:justify-between">
        <span role="status" className="text-xs text-muted-foreground">
          {count}
        </span>
        <Menu>
          <MenuTrigger asChild>
            <Button variant="ghost" size="sm" disabled={!sortable}>
              <span className="sr-only">{t.contacts.sort}: </span>
              <ArrowDownUp aria-hidden />
              <span className="max-md:sr-only">{t.contacts.sorts[sort]}</span>
            </Button>
          </MenuTrigger>
          <MenuContent align="end">
            <MenuRadioGroup value={sort} onValueChange={onSort}>
              {Object.entries(t.contacts.sorts).map(([value, label]) => (
                <MenuRadioItem key={value} value={value}>
                  {label}
                </MenuRadioItem>
              ))}
            </MenuRadioGroup>
          </MenuContent>
        </Menu>
      </span>
    </div>
  );
}
