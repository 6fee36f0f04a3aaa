"use client";

import { FileSpreadsheet, Upload } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { ImportDetail, Uploaded } from "@/api/types";
import { PageHeader } from "@/components/shell/page-header";
import { Steps } from "@/components/steps";
import { Button } from "@/components/ui/button";
import { Keys } from "@/components/ui/kbd";
import { useErrorText } from "@/components/ui/states";
import { follow } from "@/lib/followed";
import { useDebounced } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import { Link } from "@/lib/router";
import { write } from "@/lib/storage";
import { toast } from "@/lib/toast";
import { useMe } from "../session/queries";
import { Conditions, useConditions } from "./conditions";
import { BrokenText, FilePickers } from "./file-pickers";
import { ForecastBar } from "./forecast-bar";
import { FoundList } from "./found-list";
import { MappingTable } from "./mapping-table";
import { useAskForecast, useChangeImport, useStartImport } from "./queries";

const ADDRESSES = ["phone", "email", "kakaoId"];
/** A change of mind right after another asks once. */
const SETTLE_MS = 600;

/** The file's own head is the form: each column says where it goes and why we think so. */
export function MappingScreen({ one, draft }: { one: ImportDetail; draft: Uploaded }) {
  const t = useT();
  const f = useFormat();
  const me = useMe().data;
  const errorText = useErrorText();
  const start = useStartImport(one.id);
  const change = useChangeImport(one.id);
  const [picked, setPicked] = useState<Record<string, string>>({});
  const [values, setValues] = useConditions(one.id);
  const [tried, setTried] = useState(false);
  const conditions = useRef<HTMLDivElement>(null);
  const mapping = { ...draft.mapping, ...picked };
  const errors = {
    mapping: draft.columns.some((c) => ADDRESSES.includes(mapping[c.name] ?? ""))
      ? undefined
      : t.imports.needAddress,
    basis: values.basis ? undefined : t.imports.needBasis,
    source: values.source.trim() ? undefined : t.imports.needSource,
    obtainedOn: values.obtainedOn ? undefined : t.imports.needObtainedOn,
    purposes: values.purposes.length > 0 ? undefined : t.imports.needPurposes,
  };
  const missing = [
    errors.basis && "select",
    errors.obtainedOn && "input[type=date]",
    errors.source && "input[type=text]",
    errors.purposes && "input[type=checkbox]",
  ].filter((one) => one !== undefined);
  const failed = (error: unknown) => toast(errorText(error), { tone: "error" });

  const map = (column: string, target: string) => {
    const next = { ...mapping, [column]: target };
    setPicked((before) => ({ ...before, [column]: target }));
    change.mutate({ mapping: next }, { onError: failed, onSettled: () => setPicked({}) });
  };

  const { mutate: ask } = useAskForecast(one.id);
  const question = JSON.stringify([
    draft.encoding,
    draft.headerRow,
    draft.sheetDetails,
    mapping,
    values.policy,
    values.askNameless,
  ]);
  const settled = useDebounced(question, SETTLE_MS) === question && !change.isPending;
  const canCount = settled && !errors.mapping && (start.isIdle || start.isError);
  useEffect(() => {
    if (canCount && question) ask({ policy: values.policy, askNameless: values.askNameless });
  }, [canCount, question, values.policy, values.askNameless, ask]);
  const forecast = settled ? one.forecast : null;

  const rows = draft.rowsExact ? draft.rowsEstimated : (forecast?.rows ?? draft.rowsEstimated);
  const exact = draft.rowsExact || forecast?.rows != null;

  const go = () => {
    setTried(true);
    if (errors.mapping || missing[0]) {
      if (!errors.mapping && missing[0]) conditions.current?.querySelector<HTMLElement>(missing[0])?.focus();
      return;
    }
    start.mutate(
      { ...values, mapping, source: values.source.trim() },
      {
        onSuccess: () => {
          write(`draft:${one.id}`, null);
          if (me?.tenantId) follow({ kind: "import", id: one.id, tenantId: me.tenantId });
        },
        onError: failed,
      },
    );
  };
  useShortcuts([{ combo: "mod+enter", name: "start", group: "screen", typing: true, run: go }]);

  return (
    <>
      <PageHeader
        title={t.imports.title}
        trail={[{ href: "/contacts/imports", label: t.imports.listTitle }]}
        meta={<span className="text-xs max-md:hidden">{t.imports.notSavedYet}</span>}
        actions={
          <>
            <Button asChild variant="ghost" className="max-md:hidden">
              <Link href="/contacts/imports">
                <Upload aria-hidden />
                {t.imports.otherFile}
              </Link>
            </Button>
            <Button variant="primary" busy={start.isPending} onClick={go} className="max-md:h-11">
              {rows > 0 ? t.imports.start(f.num(rows), exact) : t.imports.startAll}
            </Button>
          </>
        }
      />
      <div className="flex min-h-13 shrink-0 flex-wrap items-center gap-x-5 gap-y-2 border-b px-5 py-2 max-md:px-4">
        <Steps label={t.imports.stepsLabel} steps={t.imports.steps} current={1} />
        <p className="ml-auto flex min-w-0 items-center gap-2 max-md:ml-0 max-md:w-full">
          <FileSpreadsheet aria-hidden className="size-4 shrink-0 text-muted-foreground" />
          <b className="truncate font-medium">{one.fileName}</b>
          <span className="shrink-0 text-xs text-muted-foreground">
            {t.imports.columnsMeta(rows, draft.columns.length, exact)} · {f.fileSize(one.bytes)}
          </span>
        </p>
        <FilePickers
          draft={draft}
          busy={change.isPending}
          onChange={(next) => change.mutate(next, { onError: failed })}
        />
      </div>
      <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
        <MappingTable
          key={`${draft.encoding} ${draft.headerRow}`}
          columns={draft.columns}
          rows={draft.previewRows}
          mapping={mapping}
          forecast={forecast}
          stale={change.isPending}
          onMap={map}
        >
          <BrokenText draft={draft} onChange={(next) => change.mutate(next, { onError: failed })} />
        </MappingTable>
        {tried && errors.mapping && (
          <p role="alert" className="border-b bg-danger-soft px-5 py-2 text-destructive">
            {errors.mapping}
          </p>
        )}
        <div className="grid lg:grid-cols-[1fr_1.08fr] lg:divide-x">
          <div className="min-w-0 p-5 max-lg:order-2 max-lg:border-t max-md:px-4">
            <FoundList rows={draft.previewRows} forecast={forecast} />
          </div>
          <div ref={conditions} className="min-w-0 p-5 max-md:px-4">
            <Conditions
              values={values}
              onChange={setValues}
              errors={tried ? errors : {}}
              known={forecast?.state === "ready" ? (forecast.merged ?? 0) + (forecast.unchanged ?? 0) : null}
            />
          </div>
        </div>
      </div>
      <footer className="flex min-h-11 shrink-0 flex-wrap items-center gap-3 border-t px-5 py-2 text-xs max-md:px-4">
        <ForecastBar
          forecast={forecast}
          blocked={errors.mapping}
          onRetry={() => ask({ policy: values.policy, askNameless: values.askNameless })}
        />
        <span className="ml-auto flex items-center gap-2 text-muted-foreground max-md:hidden">
          {t.imports.listTitle}
          <Keys combo="mod+enter" />
        </span>
      </footer>
    </>
  );
}
