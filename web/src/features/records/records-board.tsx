"use client";

import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { http } from "@/api/client";
import type { DataRecord, Partition } from "@/api/types";
import { Select } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { toast } from "@/lib/toast";
import { cn } from "@/lib/utils";
import { useLinks, useStandings } from "../automations/queries";
import { afterDrop } from "./drop";
import { useRecordAct, useShown } from "./queries";
import { Standing } from "./standing";
import { titleOf } from "./values";
import { useWords } from "./words";

interface Props {
  partition: Partition;
  records: DataRecord[];
  onOpen: (record: DataRecord) => void;
}

function focusOn(id: string) {
  document.querySelector<HTMLElement>(`[data-card="${id}"]`)?.focus();
}

/** One column per option of the board's field. A card is dragged, or moved by its own picker: keyboards and phones drag badly. */
export function RecordsBoard({ partition, records, onOpen }: Props) {
  const t = useWords();
  const errorText = useErrorText();
  const field = partition.fields.find((one) => one.key === partition.boardField);
  const said = useShown(partition);
  const standings = useStandings(records.map((one) => one.id));
  const { data: links } = useLinks(partition.id);
  const [over, setOver] = useState<string | null>(null);
  const stays = useRef<string | null>(null);
  // The card that was moved by keys is drawn anew in its column: whoever moved it goes on from there.
  useEffect(() => {
    if (stays.current && records.length && document.activeElement === document.body) focusOn(stays.current);
  }, [records]);
  const move = useRecordAct(({ id, value }: { id: string; value: string }) =>
    http.patch(
      "/api/records/{record_id}",
      { data: { [partition.boardField]: value || null } },
      { path: { record_id: id } },
    ),
  );
  if (!field) return null;
  const failed = (error: unknown) => toast(errorText(error), { tone: "error" });
  const go = (id: string, value: string, from: string) =>
    move.mutate(
      { id, value },
      {
        onSuccess: () =>
          toast(
            t.moved(value || t.none, afterDrop(links ?? [], partition.boardField, value).sends.length > 0),
            {
              // Moves it back; what its first move has already sent stays sent, and the words say so.
              undo: { label: t.undo, run: () => move.mutate({ id, value: from }, { onError: failed }) },
            },
          ),
        onError: failed,
      },
    );
  const held = (record: DataRecord) => String(record.data[field.key] ?? "");
  const columns = [...field.options, ...(records.some((one) => !held(one)) ? [""] : [])];
  /** Arrows walk over the cards; with Alt they take the card along. */
  const onKey = (event: KeyboardEvent<HTMLElement>, record: DataRecord, column: string) => {
    const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!side && !step) return;
    event.preventDefault();
    const next = columns[columns.indexOf(column) + (side ?? 0)];
    if (side && event.altKey) {
      if (next !== undefined) {
        stays.current = record.id;
        go(record.id, next, column);
      }
      return;
    }
    if (next === undefined) return;
    const mine = records.filter((one) => held(one) === column);
    const there = side ? records.filter((one) => held(one) === next) : mine;
    const at = mine.indexOf(record) + (step ?? 0);
    const found = there[Math.min(Math.max(at, 0), there.length - 1)];
    if (found) focusOn(found.id);
  };
  const others = partition.fields.filter((one) => one.key !== field.key && !one.isName).slice(0, 2);
  return (
    <div className="thin-scroll flex min-h-0 flex-1 gap-2.5 overflow-x-auto p-4">
      {columns.map((column) => {
        const mine = records.filter((one) => held(one) === column);
        const { sends, stops } = afterDrop(links ?? [], field.key, column);
        return (
          <section
            key={column}
            aria-label={column || t.none}
            onDragOver={(event) => {
              event.preventDefault();
              setOver(column);
            }}
            onDragLeave={() => setOver(null)}
            onDrop={(event) => {
              event.preventDefault();
              setOver(null);
              const id = event.dataTransfer.getData("text/plain");
              const record = records.find((one) => one.id === id);
              if (record && held(record) !== column) go(id, column, held(record));
            }}
            className={cn(
              "flex w-60 shrink-0 flex-col gap-2 rounded-lg border border-transparent bg-muted p-2",
              over === column && "border-dashed border-brand",
            )}
          >
            <h2 className="flex gap-2 px-1 font-semibold">
              {column || t.none}
              <span className="tabular font-normal text-muted-foreground">{mine.length}</span>
            </h2>
            {sends.length + stops.length > 0 && (
              <p
                className={cn(
                  "rounded-md border border-dashed px-2 py-1 text-xs text-muted-foreground",
                  over === column && "border-brand text-foreground",
                )}
              >
                {[
                  sends.length && t.dropSends(sends.join(", ")),
                  stops.length && t.dropStops(stops.join(", ")),
                ]
                  .filter(Boolean)
                  .join(" ")}
              </p>
            )}
            {mine.map((record) => {
              const title = titleOf(record, partition, t);
              return (
                <article
                  key={record.id}
                  draggable
                  onDragStart={(event) => event.dataTransfer.setData("text/plain", record.id)}
                  className="flex flex-col gap-1 rounded-md border bg-card p-2.5 shadow-card"
                >
                  <button
                    type="button"
                    data-card={record.id}
                    aria-keyshortcuts="Alt+ArrowLeft Alt+ArrowRight"
                    onClick={() => onOpen(record)}
                    onKeyDown={(event) => onKey(event, record, column)}
                    className="truncate rounded-sm text-left font-medium hover:underline"
                  >
                    {title}
                  </button>
                  {others.map((one) => (
                    <span key={one.key} className="truncate text-xs text-muted-foreground">
                      {said(one, record.data[one.key]) || (one.isPhone ? t.noPhone : "–")}
                    </span>
                  ))}
                  <span className="border-t pt-1 text-xs">
                    <Standing one={standings.get(record.id)} />
                  </span>
                  <Select
                    aria-label={`${title} ${t.moveTo}`}
                    value={column}
                    onChange={(event) => go(record.id, event.target.value, column)}
                    className="mt-1 h-7 text-xs"
                  >
                    <option value="">{t.none}</option>
                    {field.options.map((one) => (
                      <option key={one} value={one}>
                        {one}
                      </option>
                    ))}
                  </Select>
                </article>
              );
            })}
          </section>
        );
      })}
    </div>
  );
}
