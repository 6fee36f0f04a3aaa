"use client";

import { useState } from "react";
import { http } from "@/api/client";
import type { DataRecord, Partition } from "@/api/types";
import { Select } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { toast } from "@/lib/toast";
import { cn } from "@/lib/utils";
import { useRecordAct } from "./queries";
import { shown, titleOf } from "./values";
import { useWords } from "./words";

interface Props {
  partition: Partition;
  records: DataRecord[];
  onOpen: (record: DataRecord) => void;
}

/** One column per option of the board's field. A card is dragged, or moved by its own picker: keyboards and phones drag badly. */
export function RecordsBoard({ partition, records, onOpen }: Props) {
  const t = useWords();
  const errorText = useErrorText();
  const field = partition.fields.find((one) => one.key === partition.boardField);
  const [over, setOver] = useState<string | null>(null);
  const move = useRecordAct(({ id, value }: { id: string; value: string }) =>
    http.patch(
      "/api/records/{record_id}",
      { data: { [partition.boardField]: value || null } },
      { path: { record_id: id } },
    ),
  );
  if (!field) return null;
  const go = (id: string, value: string) =>
    move.mutate(
      { id, value },
      {
        onSuccess: () => toast(t.moved(value || t.none)),
        onError: (error) => toast(errorText(error), { tone: "error" }),
      },
    );
  const held = (record: DataRecord) => String(record.data[field.key] ?? "");
  const columns = [...field.options, ...(records.some((one) => !held(one)) ? [""] : [])];
  const others = partition.fields.filter((one) => one.key !== field.key && !one.isName).slice(0, 2);
  return (
    <div className="thin-scroll flex min-h-0 flex-1 gap-2.5 overflow-x-auto p-4">
      {columns.map((column) => {
        const mine = records.filter((one) => held(one) === column);
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
              if (record && held(record) !== column) go(id, column);
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
                    onClick={() => onOpen(record)}
                    className="truncate rounded-sm text-left font-medium hover:underline"
                  >
                    {title}
                  </button>
                  {others.map((one) => (
                    <span key={one.key} className="truncate text-xs text-muted-foreground">
                      {shown(one, record.data[one.key], t) || (one.isPhone ? t.noPhone : "–")}
                    </span>
                  ))}
                  <Select
                    aria-label={`${title} ${t.moveTo}`}
                    value={column}
                    onChange={(event) => go(record.id, event.target.value)}
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
