"use client";

import { ChevronDown, Layers } from "lucide-react";
import { useEffect, useState } from "react";
import type { DraftChange, Uploaded } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Checkbox, Select } from "@/components/ui/field";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { useFormat, useT } from "@/lib/i18n";
import { looksBroken } from "./cells";

const ENCODINGS = ["utf-8", "cp949", "utf-16"] as const;
const HEADER_ROWS = 12;

interface Props {
  draft: Uploaded;
  /** A change is on its way. */
  busy?: boolean;
  onChange: (change: DraftChange) => void;
}

/** How the file is read: each picker states the guess and allows another; a change is read again in place. */
export function FilePickers({ draft, busy, onChange }: Props) {
  const t = useT();
  const encodings = ENCODINGS.includes(draft.encoding as "utf-8")
    ? ENCODINGS
    : ([...ENCODINGS, draft.encoding] as const);
  const rows = Array.from({ length: HEADER_ROWS }, (_, at) => at + 1);
  if (draft.headerRow && draft.headerRow > HEADER_ROWS) rows.push(draft.headerRow);
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-2 max-md:w-full">
      {draft.kind === "csv" && (
        <Select
          aria-label={t.imports.encoding}
          value={draft.encoding}
          onChange={(event) => onChange({ encoding: event.target.value as DraftChange["encoding"] })}
          className="h-7 pl-2 text-xs max-md:h-11"
        >
          {encodings.map((one) => (
            <option key={one} value={one}>
              {t.imports.encoding} {one.toUpperCase()}
            </option>
          ))}
        </Select>
      )}
      {draft.sheetDetails.length > 1 && <SheetPicker draft={draft} busy={busy} onChange={onChange} />}
      <Select
        aria-label={t.imports.headerRow}
        value={String(draft.headerRow ?? 0)}
        onChange={(event) => onChange({ headerRow: Number(event.target.value) })}
        className="h-7 pl-2 text-xs max-md:h-11"
      >
        <option value="0">{t.imports.noHeader}</option>
        {rows.map((row) => (
          <option key={row} value={row}>
            {t.imports.headerRow} {row}
          </option>
        ))}
      </Select>
    </div>
  );
}

function SheetPicker({ draft, busy, onChange }: Props) {
  const t = useT();
  const f = useFormat();
  const [wish, setWish] = useState<string[] | null>(null);
  useEffect(() => {
    if (!busy) setWish(null);
  }, [busy]);
  const chosen = wish ?? draft.sheetDetails.filter((sheet) => sheet.chosen).map((sheet) => sheet.name);
  const toggle = (name: string) => {
    const next = chosen.includes(name)
      ? chosen.filter((one) => one !== name)
      : draft.sheets.filter((one) => one === name || chosen.includes(one));
    if (next.length === 0) return;
    setWish(next);
    onChange({ sheets: next });
  };
  return (
    <Popover>
      <PopoverTrigger asChild>
        <Button size="sm" className="max-w-56 max-md:h-11">
          <Layers aria-hidden />
          <span className="truncate">
            {chosen.length === 1 ? chosen[0] : t.imports.sheetsChosen(chosen.length)}
          </span>
          <span className="text-muted-foreground">
            {chosen.length}/{draft.sheetDetails.length}
          </span>
          <ChevronDown aria-hidden className="text-muted-foreground" />
        </Button>
      </PopoverTrigger>
      <PopoverContent aria-label={t.imports.sheets} align="end" className="w-72 p-1.5">
        <p className="px-2 pt-1 pb-1.5 text-xs text-muted-foreground">{t.imports.sheetsHint}</p>
        <ul className="thin-scroll max-h-72 overflow-y-auto">
          {draft.sheetDetails.map((sheet) => (
            <li key={sheet.name}>
              <label
                htmlFor={`sheet ${sheet.name}`}
                className="flex min-h-8 cursor-pointer items-center gap-2.5 rounded-sm px-2 hover:bg-accent max-md:min-h-11"
              >
                <Checkbox
                  id={`sheet ${sheet.name}`}
                  checked={chosen.includes(sheet.name)}
                  disabled={sheet.rows === 0 || (chosen.length === 1 && chosen[0] === sheet.name)}
                  onChange={() => toggle(sheet.name)}
                />
                <span className="min-w-0 flex-1 truncate">{sheet.name}</span>
                {sheet.hidden && <Badge>{t.imports.sheetHidden}</Badge>}
                <span className="text-xs text-muted-foreground">{f.num(sheet.rows)}</span>
              </label>
            </li>
          ))}
        </ul>
      </PopoverContent>
    </Popover>
  );
}

/** Hangul that came out as question marks in boxes: the other encodings are one press away. */
export function BrokenText({ draft, onChange }: Props) {
  const t = useT();
  const names = draft.columns.map((column) => column.name);
  if (draft.kind !== "csv" || !looksBroken(draft.previewRows, names)) return null;
  return (
    <p role="alert" className="flex flex-wrap items-center gap-2 border-b bg-warning-soft px-5 py-2">
      {t.imports.brokenText}
      {ENCODINGS.filter((one) => one !== draft.encoding).map((one) => (
        <Button key={one} size="sm" className="max-md:h-11" onClick={() => onChange({ encoding: one })}>
          {t.imports.readAs(one.toUpperCase())}
        </Button>
      ))}
    </p>
  );
}
