"use client";

import type { DataRecord, Partition } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Checkbox } from "@/components/ui/field";
import { useFormat } from "@/lib/i18n";
import { useStandings } from "../automations/queries";
import { useShown } from "./queries";
import { Standing } from "./standing";
import { titleOf } from "./values";
import { useWords } from "./words";

interface Props {
  partition: Partition;
  records: DataRecord[];
  chosen: Set<string>;
  onChoose: (chosen: Set<string>) => void;
  onOpen: (record: DataRecord) => void;
}

export function RecordsTable({ partition, records, chosen, onChoose, onOpen }: Props) {
  const t = useWords();
  const f = useFormat();
  const said = useShown(partition);
  const standings = useStandings(records.map((one) => one.id));
  const all = records.length > 0 && records.every((one) => chosen.has(one.id));
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  const first = partition.fields.find((one) => one.isName) ?? partition.fields[0];
  const rest = partition.fields.filter((one) => one !== first);
  return (
    <div className="overflow-x-auto">
      <table className="w-full">
        <thead>
          <tr className="h-8 border-b text-left text-xs text-muted-foreground">
            <th className="w-10 pl-5">
              <Checkbox
                aria-label={t.selectAll}
                checked={all}
                onChange={() => onChoose(all ? new Set() : new Set(records.map((one) => one.id)))}
              />
            </th>
            <th className="px-2 font-medium">{first?.label}</th>
            {rest.map((field) => (
              <th key={field.key} className="px-2 font-medium whitespace-nowrap">
                {field.label}
              </th>
            ))}
            <th className="px-2 font-medium">{t.message}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {records.map((record) => {
            const title = titleOf(record, partition, t);
            return (
              <tr key={record.id} className="h-[38px] border-b hover:bg-muted">
                <td className="pl-5">
                  <Checkbox
                    aria-label={t.select(title)}
                    checked={chosen.has(record.id)}
                    onChange={() => toggle(record.id)}
                  />
                </td>
                <td className="max-w-48 px-2">
                  <button
                    type="button"
                    onClick={() => onOpen(record)}
                    className="block max-w-full truncate rounded-sm text-left font-medium hover:underline"
                  >
                    {title}
                  </button>
                </td>
                {rest.map((field) => {
                  const value = said(field, record.data[field.key]);
                  return (
                    <td key={field.key} className="max-w-60 truncate px-2 whitespace-nowrap">
                      {field.type === "select" && value ? (
                        <Badge tone="outline">{value}</Badge>
                      ) : (
                        value || <span className="text-subtle">{field.isPhone ? t.noPhone : "–"}</span>
                      )}
                    </td>
                  );
                })}
                <td className="max-w-72 px-2 text-xs whitespace-nowrap">
                  <Standing one={standings.get(record.id)} />
                </td>
                <td className="tabular px-5 text-right text-xs whitespace-nowrap text-muted-foreground">
                  {f.dateTime(record.updatedAt)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
