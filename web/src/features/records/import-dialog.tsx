"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, upload } from "@/api/client";
import type { Partition, RecordImport } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent } from "@/components/ui/dialog";
import { Checkbox, Field, Input, Select } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { useRecordAct } from "./queries";
import { useWords } from "./words";

interface Props {
  partition: Partition;
  onClose: () => void;
}

interface Ask {
  file: File;
  mapping: Record<string, string> | null;
}

const SHOWN_FAULTS = 20;
const MOST_BYTES = 5 * 1024 * 1024; // as the server reads

function formOf(partition: Partition, { file, mapping }: Ask, more: Record<string, string>): FormData {
  const form = new FormData();
  form.append("file", file);
  form.append("partitionId", partition.id);
  if (mapping) form.append("mapping", JSON.stringify(mapping));
  for (const [name, value] of Object.entries(more)) form.append(name, value);
  return form;
}

/** File → what would come in and what it would send → in. Nothing is sent that nobody has seen the number of. */
export function ImportDialog({ partition, onClose }: Props) {
  const t = useWords();
  const f = useFormat();
  const errorText = useErrorText();
  const [ask, setAsk] = useState<Ask | null>(null);
  const [fires, setFires] = useState(false);
  const send = (given: Ask, more: Record<string, string>) =>
    upload<RecordImport>("/api/records/import", formOf(partition, given, more), () => undefined);
  const look = useMutation({ mutationFn: (given: Ask) => send(given, { dryRun: "true" }) });
  const run = useRecordAct((given: Ask) =>
    send(given, fires ? { fireOnCreate: "true", messages: String(look.data?.messages ?? 0) } : {}),
  );
  const show = (given: Ask) => {
    setAsk(given);
    look.mutate(given);
  };
  const found = look.data;
  const columns = found ? [...Object.keys(found.mapping), ...found.ignored] : [];
  const error = run.error ?? look.error;
  const [tooLarge, setTooLarge] = useState(false);
  const fault = tooLarge
    ? t.importing.tooLarge
    : error instanceof ApiError
      ? (Object.values(error.fields)[0] ?? errorText(error))
      : "";
  const count = f.num(found?.valid ?? 0);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={t.importing.title}
        description={t.importing.hint}
        className="md:w-[min(640px,calc(100vw-32px))]"
        footer={
          <>
            <DialogClose asChild>
              <Button className="max-md:h-12 max-md:flex-1">{t.cancel}</Button>
            </DialogClose>
            <Button
              variant="primary"
              disabled={!ask || !found?.valid || look.isPending}
              busy={run.isPending}
              className="max-md:h-12 max-md:flex-1"
              onClick={() =>
                ask &&
                run.mutate(ask, {
                  onSuccess: (said) => {
                    toast(t.importing.done(f.num(said.created)));
                    onClose();
                  },
                  // Rules or records have changed since: the new number is shown, and has to be seen again.
                  onError: (problem) =>
                    problem instanceof ApiError && problem.code === "estimate_changed" && look.mutate(ask),
                })
              }
            >
              {fires && found ? t.importing.runAndSend(count, f.num(found.messages)) : t.importing.run(count)}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          <Field label={t.importing.file} error={fault || undefined}>
            <Input
              type="file"
              accept=".csv,.xlsx,text/csv"
              className="py-1.5 text-sm max-md:py-2.5"
              onChange={(event) => {
                const file = event.target.files?.[0];
                setFires(false);
                setTooLarge(Boolean(file && file.size > MOST_BYTES));
                if (file && file.size <= MOST_BYTES) show({ file, mapping: null });
              }}
            />
          </Field>
          {look.isPending && <p role="status">{t.importing.reading}</p>}
          {found && (
            <>
              <p role="status" className="font-semibold">
                {t.importing.rows(count, f.num(found.rejected))}
              </p>
              <fieldset className="grid gap-2 md:grid-cols-2">
                <legend className="mb-1 font-medium">{t.importing.columns}</legend>
                {columns.map((column) => (
                  <Field key={column} label={column}>
                    <Select
                      value={found.mapping[column] ?? ""}
                      onChange={(event) => {
                        const mapping: Record<string, string> = {
                          ...found.mapping,
                          [column]: event.target.value,
                        };
                        if (ask) show({ ...ask, mapping });
                      }}
                    >
                      <option value="">{t.importing.skip}</option>
                      {partition.fields.map((field) => (
                        <option key={field.key} value={field.key}>
                          {field.label}
                        </option>
                      ))}
                    </Select>
                  </Field>
                ))}
              </fieldset>
              {found.errors.length > 0 && (
                <section aria-label={t.importing.faults}>
                  <h3 className="font-medium">{t.importing.faults}</h3>
                  <ul className="mt-1 max-h-40 overflow-y-auto rounded-md border text-sm">
                    {found.errors.slice(0, SHOWN_FAULTS).map((one) => (
                      <li key={`${one.row} ${one.column}`} className="border-b px-3 py-1.5 last:border-b-0">
                        <b className="font-medium">{t.importing.fault(one.row, one.column)}</b> {one.message}
                        <span className="block text-xs text-muted-foreground">{one.mend}</span>
                      </li>
                    ))}
                  </ul>
                </section>
              )}
              {found.messages > 0 ? (
                <div className="rounded-md border p-3">
                  <div className="flex items-center gap-2">
                    <Checkbox
                      id="fires"
                      aria-label={t.importing.fires}
                      checked={fires}
                      onChange={() => setFires(!fires)}
                    />
                    <label htmlFor="fires" className="font-medium">
                      {t.importing.fires}
                    </label>
                  </div>
                  <ul className="mt-1 pl-7 text-sm">
                    {found.wouldFire.map((one) => (
                      <li key={one.templateLinkId}>{t.importing.would(one.name, f.num(one.count))}</li>
                    ))}
                  </ul>
                  <p className="mt-1 pl-7 text-xs text-muted-foreground">{t.importing.firesHint}</p>
                </div>
              ) : (
                <p className="text-sm text-muted-foreground">{t.importing.firesNone}</p>
              )}
            </>
          )}
        </div>
      </DialogContent>
    </Dialog>
  );
}
