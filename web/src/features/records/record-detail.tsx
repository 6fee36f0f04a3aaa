"use client";

import { useState } from "react";
import { ApiError, http } from "@/api/client";
import type { DataRecord, Partition } from "@/api/types";
import { Button } from "@/components/ui/button";
import { useErrorText } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { toast } from "@/lib/toast";
import { LogList } from "../automations/log-list";
import { useHistory, useRecordAct, useShown } from "./queries";
import { RecordForm } from "./record-form";
import { changes, typed } from "./values";
import { useWords } from "./words";

interface Props {
  partition: Partition;
  /** Null: a new one. */
  record: DataRecord | null;
  mayRun: boolean;
  onSaved: () => void;
  /** Somebody has deleted it meanwhile. */
  onGone?: () => void;
}

/** One record: its values, its messages, what happened to it. In a drawer, or on a page of its own. */
export function RecordDetail({ partition, record, mayRun, onSaved, onGone }: Props) {
  const t = useWords();
  const errorText = useErrorText();
  const [start, setStart] = useState(() => typed(record, partition));
  const [values, setValues] = useState(start);
  const save = useRecordAct(() =>
    record
      ? http.patch(
          "/api/records/{record_id}",
          { data: changes(start, values) },
          { path: { record_id: record.id } },
        )
      : http.post("/api/records", { partitionId: partition.id, data: changes(start, values) }),
  );
  const reveal = useRecordAct((id: string) =>
    http.get("/api/records/{record_id}/reveal", { path: { record_id: id } }),
  );
  const errors = save.error instanceof ApiError ? save.error.fields : {};
  const general = save.error && Object.keys(errors).length === 0 ? errorText(save.error) : "";
  const untouched = Object.keys(changes(start, values)).length === 0;
  return (
    <>
      <form
        noValidate
        className="border-b px-5 py-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(undefined, {
            onSuccess: () => {
              toast(record ? t.saved : t.added);
              onSaved();
            },
            onError: (error) => error instanceof ApiError && error.status === 404 && onGone?.(),
          });
        }}
      >
        <RecordForm partition={partition} values={values} onChange={setValues} errors={errors} />
        {general && (
          <p role="alert" className="mt-3 text-destructive">
            {general}
          </p>
        )}
        <div className="mt-4 flex flex-wrap items-center gap-2">
          {record?.contactId && (
            <Link
              href={`/contacts/${record.contactId}`}
              className="text-sm text-muted-foreground underline hover:text-foreground"
            >
              {t.contact}
            </Link>
          )}
          {record && Object.values(values).some((one) => /[•*]/.test(one)) && (
            <Button
              type="button"
              size="sm"
              busy={reveal.isPending}
              onClick={() =>
                reveal.mutate(record.id, {
                  onSuccess: (found) => {
                    const opened = typed(found, partition);
                    setStart(opened);
                    setValues({ ...opened, ...(changes(start, values) as Record<string, string>) });
                  },
                })
              }
            >
              {t.reveal}
            </Button>
          )}
          <Button
            type="submit"
            variant="primary"
            className="ml-auto"
            busy={save.isPending}
            disabled={untouched}
          >
            {record ? t.save : t.add}
          </Button>
        </div>
      </form>
      {record && (
        <>
          <LogList
            filters={{ triggerType: "", status: "", linkId: "", recordId: record.id }}
            mayRun={mayRun}
          />
          <History record={record} partition={partition} />
        </>
      )}
    </>
  );
}

function History({ record, partition }: { record: DataRecord; partition: Partition }) {
  const t = useWords();
  const f = useFormat();
  const history = useHistory(record.id);
  const readable = useShown(partition);
  const field = (key: string) => partition.fields.find((one) => one.key === key);
  const said = (key: string, value: unknown) => {
    const found = field(key);
    return (found ? readable(found, value) : String(value ?? "")) || t.emptyValue;
  };
  return (
    <section aria-label={t.history} className="border-t px-5 py-4">
      <h2 className="font-semibold">{t.history}</h2>
      {history.data?.length === 0 && <p className="mt-2 text-muted-foreground">{t.historyNone}</p>}
      <ol className="mt-2 flex flex-col gap-3">
        {history.data?.map((line) => (
          <li key={line.id}>
            <p className="flex gap-2 text-xs text-muted-foreground">
              <span className="tabular">{f.dateTime(line.at)}</span>
              <span>{t.kinds[line.kind]}</span>
              <span>{t.by[line.actorKind]}</span>
            </p>
            {line.kind === "updated" &&
              line.changes.map((one) => (
                <p key={one.field} className="mt-0.5">
                  <b className="font-medium">{one.label}</b>{" "}
                  <span className="text-muted-foreground line-through">{said(one.field, one.before)}</span>
                  {" → "}
                  {said(one.field, one.after)}
                </p>
              ))}
          </li>
        ))}
      </ol>
    </section>
  );
}
