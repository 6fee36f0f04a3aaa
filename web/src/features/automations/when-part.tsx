"use client";

import { Plus, Trash2, Zap } from "lucide-react";
import type { PartitionField } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { type Group, isGroup, MAX_DEPTH, type Node, newRow } from "./condition";
import { ConditionRow } from "./condition-row";
import { useWords } from "./dialog-words";
import { AsWritten, type PartProps, Step } from "./step";

export function WhenPart({ form, set, partition, errors }: PartProps) {
  const t = useWords();
  const wrong = Object.entries(errors).find(([path]) => path.startsWith("triggerCondition"))?.[1];
  return (
    <Step icon={Zap} title={t.dialog.when}>
      <Segmented
        label={t.dialog.trigger}
        value={form.triggerType}
        onChange={(triggerType) => set({ triggerType })}
        options={(["manual", "on_create", "on_update"] as const).map((value) => ({
          value,
          label: t.triggers[value],
        }))}
        className="self-start"
      />
      {form.triggerType === "manual" ? (
        <p className="text-xs text-muted-foreground">{t.dialog.manualHint}</p>
      ) : form.nested ? (
        <AsWritten condition={form.nested} onStartOver={() => set({ nested: null })} />
      ) : (
        <Conditions group={form} at="" depth={1} fields={partition.fields} onChange={set} />
      )}
      {form.triggerType === "on_update" && (
        <p className="text-xs text-muted-foreground">{t.dialog.onUpdateHint}</p>
      )}
      {wrong && (
        <p role="alert" className="text-xs text-destructive">
          {wrong}
        </p>
      )}
    </Step>
  );
}

interface Props {
  group: Group;
  /** Its place: "" for the whole, "2." for what stands under its second. */
  at: string;
  depth: number;
  fields: PartitionField[];
  onChange: (group: Group) => void;
  onDrop?: () => void;
}

/** One "and" or "or"; groups in it are the same again. */
function Conditions({ group, at, depth, fields, onChange, onDrop }: Props) {
  const t = useWords();
  const { join, rows } = group;
  const put = (n: number, node: Node) =>
    onChange({ join, rows: rows.map((one, m) => (m === n ? node : one)) });
  const drop = (n: number) => onChange({ join, rows: rows.filter((_, m) => m !== n) });
  const add = (node: Node) => onChange({ join, rows: [...rows, node] });
  return (
    <fieldset className="flex min-w-0 flex-1 flex-col gap-2 rounded-md border p-2.5">
      {at && (
        <legend className="px-1 text-xs text-muted-foreground">{t.dialog.group(at.slice(0, -1))}</legend>
      )}
      {rows.map((node, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name, and are changed in place
        <div key={n} className="flex items-start gap-2 max-md:flex-col">
          {n === 1 ? (
            <div className="w-20 shrink-0">
              <Select
                aria-label={at ? `${at.slice(0, -1)} ${t.dialog.join}` : t.dialog.join}
                value={join}
                onChange={(event) => onChange({ join: event.target.value as "all", rows })}
              >
                <option value="all">{t.joins.all}</option>
                <option value="any">{t.joins.any}</option>
              </Select>
            </div>
          ) : (
            rows.length > 1 && (
              <span className="w-20 shrink-0 py-2 text-xs text-muted-foreground">
                {n > 1 && t.joins[join]}
              </span>
            )
          )}
          {isGroup(node) ? (
            <Conditions
              group={node}
              at={`${at}${n + 1}.`}
              depth={depth + 1}
              fields={fields}
              onChange={(next) => put(n, next)}
              onDrop={() => drop(n)}
            />
          ) : (
            <ConditionRow
              row={node}
              fields={fields}
              label={`${at}${n + 1}`}
              onChange={(next) => put(n, next)}
              onDrop={() => drop(n)}
              dropLabel={t.dialog.drop(`${at}${n + 1}`)}
            />
          )}
        </div>
      ))}
      {!at && rows.length === 0 && <p className="text-xs text-warning">{t.dialog.always}</p>}
      <div className="flex gap-1">
        <Button type="button" variant="ghost" size="sm" onClick={() => add(newRow())}>
          <Plus aria-hidden />
          {t.dialog.add}
        </Button>
        {depth < MAX_DEPTH && rows.length > 0 && (
          <Button
            type="button"
            variant="ghost"
            size="sm"
            onClick={() => add({ join: join === "all" ? "any" : "all", rows: [newRow(), newRow()] })}
          >
            <Plus aria-hidden />
            {t.dialog.addGroup}
          </Button>
        )}
        {onDrop && (
          <Button
            type="button"
            variant="ghost"
            size="icon-sm"
            className="ml-auto"
            aria-label={t.dialog.dropGroup(at.slice(0, -1))}
            onClick={onDrop}
          >
            <Trash2 />
          </Button>
        )}
      </div>
    </fieldset>
  );
}
