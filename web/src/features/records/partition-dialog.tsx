"use client";

import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { ApiError, http } from "@/api/client";
import type { Partition } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { toast } from "@/lib/toast";
import { useRecordAct } from "./queries";
import { useWords } from "./words";

type Type = Partition["fields"][number]["type"];
interface Draft {
  label: string;
  type: Type;
  options: string;
  /** Of a field that is there already: its values go on being its own, whatever it is called. */
  key?: string;
  personal?: boolean;
}

const WITH_OPTIONS = new Set(["select", "multi_select"]);

/** A key that stays when the label changes: the label without spaces. */
function keyOf(label: string, taken: string[]): string {
  const key = label.replaceAll(/[\s.[\]{}"'\\#/%]/g, "").slice(0, 36);
  return taken.includes(key) ? `${key}${taken.length + 1}` : key;
}

interface Props {
  /** null: a new one. */
  partition: Partition | null;
  onMade: (made: Partition) => void;
  onClose: () => void;
}

/** A table: a new one begins as what nearly every one has, name, phone, state. */
export function PartitionDialog({ partition, onMade, onClose }: Props) {
  const t = useWords();
  const errorText = useErrorText();
  const [name, setName] = useState(partition?.name ?? "");
  const [fields, setFields] = useState<Draft[]>(() => {
    if (partition)
      return partition.fields.map((one) => ({
        label: one.label,
        type: one.type,
        options: one.options.join(", "),
        key: one.key,
        personal: one.personal,
      }));
    const [who = "", phone = "", state = ""] = t.table.start;
    return [
      { label: who, type: "text", options: "" },
      { label: phone, type: "phone", options: "" },
      { label: state, type: "select", options: t.table.startOptions },
    ];
  });
  const make = useRecordAct(() => {
    const keys = fields.map((one) => one.key ?? "").filter(Boolean);
    const body = fields
      .filter((one) => one.label.trim())
      .map((one) => {
        const key = one.key ?? keyOf(one.label, keys);
        if (!one.key) keys.push(key);
        return {
          key,
          personal: one.personal ?? null,
          label: one.label.trim(),
          type: one.type,
          options: WITH_OPTIONS.has(one.type)
            ? one.options
                .split(",")
                .map((part) => part.trim())
                .filter(Boolean)
            : [],
        };
      });
    if (partition)
      return http.patch(
        "/api/partitions/{partition_id}",
        { name: name.trim(), fields: body, version: partition.version },
        { path: { partition_id: partition.id } },
      );
    return http.post("/api/partitions", { name: name.trim(), fields: body });
  });
  const change = (at: number, part: Partial<Draft>) =>
    setFields((old) => old.map((one, n) => (n === at ? { ...one, ...part } : one)));
  const errors = make.error instanceof ApiError ? make.error.fields : {};
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={partition ? t.table.edit : t.table.create}
        description={t.table.hint}
        className="md:w-[min(640px,calc(100vw-32px))]"
        footer={
          <>
            <DialogClose asChild>
              <Button className="max-md:h-12 max-md:flex-1">{t.cancel}</Button>
            </DialogClose>
            <Button
              type="submit"
              form="partition-form"
              variant="primary"
              busy={make.isPending}
              disabled={!name.trim()}
              className="max-md:h-12 max-md:flex-1"
            >
              {partition ? t.save : t.table.create}
            </Button>
          </>
        }
      >
        <form
          id="partition-form"
          noValidate
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            make.mutate(undefined, {
              onSuccess: (made) => {
                toast(partition ? t.saved : t.table.made);
                onMade(made);
              },
            });
          }}
        >
          <Field label={t.table.name} error={errors.name}>
            <Input
              autoFocus
              value={name}
              maxLength={60}
              placeholder={t.table.namePlaceholder}
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-1 font-medium">{t.table.fields}</legend>
            {fields.map((one, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name, and are changed in place
              <div key={n} className="flex flex-wrap items-center gap-2">
                <div className="min-w-32 flex-1">
                  <Input
                    aria-label={`${t.table.field(n + 1)} ${t.table.label}`}
                    value={one.label}
                    maxLength={60}
                    onChange={(event) => change(n, { label: event.target.value })}
                  />
                </div>
                <div className="w-36">
                  <Select
                    aria-label={`${t.table.field(n + 1)} ${t.table.type}`}
                    value={one.type}
                    onChange={(event) => change(n, { type: event.target.value as Type })}
                  >
                    {Object.entries(t.table.types).map(([value, label]) => (
                      <option key={value} value={value}>
                        {label}
                      </option>
                    ))}
                  </Select>
                </div>
                {WITH_OPTIONS.has(one.type) && (
                  <div className="min-w-40 flex-1">
                    <Input
                      aria-label={`${t.table.field(n + 1)} ${t.table.options}`}
                      placeholder={t.table.options}
                      value={one.options}
                      onChange={(event) => change(n, { options: event.target.value })}
                    />
                  </div>
                )}
                <Button
                  type="button"
                  variant="ghost"
                  size="icon-sm"
                  aria-label={t.table.drop(n + 1)}
                  onClick={() => setFields((old) => old.filter((_, at) => at !== n))}
                >
                  <Trash2 />
                </Button>
              </div>
            ))}
            <Button
              type="button"
              variant="ghost"
              size="sm"
              className="self-start"
              onClick={() => setFields((old) => [...old, { label: "", type: "text", options: "" }])}
            >
              <Plus aria-hidden />
              {t.table.add}
            </Button>
          </fieldset>
          {make.isError && (
            <p role="alert" className="text-destructive">
              {Object.values(errors)[0] ?? errorText(make.error)}
            </p>
          )}
        </form>
      </DialogContent>
    </Dialog>
  );
}
