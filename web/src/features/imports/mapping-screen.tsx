"use client";

import { FileSpreadsheet, Upload } from "lucide-react";
import { useRef, useState } from "react";
import type { Import } from "@/api/types";
import { PageHeader } from "@/components/shell/page-header";
import { Steps } from "@/components/steps";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Keys } from "@/components/ui/kbd";
import { useErrorText } from "@/components/ui/states";
import { follow } from "@/lib/followed";
import { useFormat, useT } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import { Link } from "@/lib/router";
import { toast } from "@/lib/toast";
import { useMe } from "../session/queries";
import { Conditions, type ConditionValues } from "./conditions";
import { type MappedColumn, MappingTable } from "./mapping-table";
import { useStartImport, useUploaded } from "./queries";

const ADDRESSES = ["phone", "email", "kakaoId"];

/** The file's own head is the form: each column says where it goes and why we think so. */
export function MappingScreen({ one }: { one: Import }) {
  const t = useT();
  const f = useFormat();
  const me = useMe().data;
  const errorText = useErrorText();
  const start = useStartImport(one.id);
  const uploaded = useUploaded(one.id);
  const [mapping, setMapping] = useState<Record<string, string>>(
    () => uploaded?.mapping ?? one.mapping ?? {},
  );
  const [values, setValues] = useState<ConditionValues>({ policy: "merge", tags: [], basis: "", source: "" });
  const [tried, setTried] = useState(false);
  const conditions = useRef<HTMLDivElement>(null);
  // After a reload the answer to the upload is gone: the columns stay, the sample rows are not kept anywhere.
  const columns: MappedColumn[] =
    uploaded?.columns ??
    one.columns.map((name, index) => ({ index, name, target: one.mapping?.[name] ?? "ignore" }));
  const rows = uploaded?.rowsEstimated ?? one.rowsTotal;
  const errors = {
    mapping: columns.some((c) => ADDRESSES.includes(mapping[c.name] ?? c.target))
      ? undefined
      : t.imports.needAddress,
    basis: values.basis ? undefined : t.imports.needBasis,
    source: values.source.trim() ? undefined : t.imports.needSource,
  };

  const go = () => {
    setTried(true);
    if (errors.mapping || errors.basis || errors.source) {
      conditions.current?.querySelector<HTMLElement>(errors.basis ? "select" : "input[type=text]")?.focus();
      return;
    }
    start.mutate(
      { ...values, mapping, source: values.source.trim() },
      {
        onSuccess: () => me?.tenantId && follow({ kind: "import", id: one.id, tenantId: me.tenantId }),
        onError: (error) => toast(errorText(error), { tone: "error" }),
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
              {rows > 0 ? t.imports.start(f.num(rows)) : t.imports.startAll}
            </Button>
          </>
        }
      />
      <div className="flex min-h-13 shrink-0 flex-wrap items-center gap-x-6 gap-y-1 border-b px-5 py-2 max-md:px-4">
        <Steps label={t.imports.stepsLabel} steps={t.imports.steps} current={1} />
        <p className="ml-auto flex min-w-0 items-center gap-2 max-md:ml-0 max-md:w-full">
          <FileSpreadsheet aria-hidden className="size-4 shrink-0 text-muted-foreground" />
          <b className="truncate font-medium">{one.fileName}</b>
          <span className="shrink-0 text-xs text-muted-foreground">
            {rows > 0 && `${t.imports.columnsMeta(rows, columns.length)} · `}
            {f.fileSize(one.bytes)}
          </span>
          <Badge className="max-md:hidden">
            {t.imports.encoding} {one.encoding.toUpperCase()}
          </Badge>
        </p>
      </div>
      <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
        <MappingTable
          columns={columns}
          rows={uploaded?.preview ?? []}
          mapping={mapping}
          onMap={(column, target) => setMapping((before) => ({ ...before, [column]: target }))}
        />
        {tried && errors.mapping && (
          <p role="alert" className="border-b bg-danger-soft px-5 py-2 text-destructive">
            {errors.mapping}
          </p>
        )}
        <div ref={conditions} className="mx-auto max-w-[760px] px-5 py-6 max-md:px-4">
          <Conditions
            values={values}
            onChange={(part) => setValues((before) => ({ ...before, ...part }))}
            errors={tried ? errors : {}}
          />
        </div>
      </div>
      <footer className="flex min-h-11 shrink-0 items-center gap-3 border-t px-5 py-2 text-xs text-muted-foreground max-md:hidden">
        {t.imports.footHint}
        <span className="ml-auto flex items-center gap-2">
          {t.imports.listTitle}
          <Keys combo="mod+enter" />
        </span>
      </footer>
    </>
  );
}
