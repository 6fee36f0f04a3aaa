"use client";

import { FileSpreadsheet, Upload } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import type { Import } from "@/api/types";
import { PageHeader } from "@/components/shell/page-header";
import { Steps } from "@/components/steps";
import { Badge, Dot } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Keys } from "@/components/ui/kbd";
import { useErrorText } from "@/components/ui/states";
import { follow } from "@/lib/followed";
import { useDebounced } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import { Link } from "@/lib/router";
import { toast } from "@/lib/toast";
import { useMe } from "../session/queries";
import { Conditions } from "./conditions";
import { OUTCOMES } from "./flow";
import { MappingTable } from "./mapping-table";
import { type Start, useForecast, useImportAct } from "./queries";

const DOT = { created: "chart-1", merged: "chart-2", review: "warning", rejected: "danger" } as const;
const ADDRESSES = ["phone", "email", "kakaoId"];

/** The file's own head is the form: each column says where it goes and why we think so. */
export function MappingScreen({ one }: { one: Import }) {
  const t = useT();
  const f = useFormat();
  const me = useMe().data;
  const errorText = useErrorText();
  const act = useImportAct(one.id);
  const [start, setStart] = useState<Start>({
    mapping: one.mapping ?? {},
    policy: "merge",
    tags: [],
    basis: "",
    source: "",
  });
  const [tried, setTried] = useState(false);
  const conditions = useRef<HTMLDivElement>(null);
  const reachable = Object.values(start.mapping).some((target) => ADDRESSES.includes(target));
  const errors = {
    mapping: reachable ? undefined : t.imports.needAddress,
    basis: start.basis ? undefined : t.imports.needBasis,
    source: start.source.trim() ? undefined : t.imports.needSource,
  };
  // The forecast does not depend on basis and source, but the server wants a whole request.
  const question = useMemo(
    () =>
      reachable
        ? {
            mapping: start.mapping,
            policy: start.policy,
            tags: start.tags,
            basis: start.basis || "consent",
            source: start.source || "-",
          }
        : null,
    [reachable, start.mapping, start.policy, start.tags, start.basis, start.source],
  );
  const asked = useDebounced(question, 600);
  const forecast = useForecast(one.id, asked);

  const go = () => {
    setTried(true);
    if (errors.mapping || errors.basis || errors.source) {
      const first = conditions.current?.querySelector<HTMLElement>(
        errors.basis ? "select" : "input[type=text]",
      );
      first?.focus();
      return;
    }
    act.mutate(
      { act: "start", body: { ...start, source: start.source.trim() } },
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
              <Link href="/contacts/imports?new=1">
                <Upload aria-hidden />
                {t.imports.otherFile}
              </Link>
            </Button>
            <Button variant="primary" busy={act.isPending} onClick={go} className="max-md:h-11">
              {t.imports.start(f.num(one.rowsTotal))}
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
            {t.imports.columnsMeta(one.rowsTotal, one.columns?.length ?? 0)}
            {one.size !== undefined && ` · ${f.fileSize(one.size)}`}
          </span>
          {one.encoding && (
            <Badge className="max-md:hidden">
              {t.imports.encoding} {one.encoding.toUpperCase()}
            </Badge>
          )}
        </p>
      </div>
      <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
        <MappingTable
          columns={one.columns ?? []}
          rows={one.preview ?? []}
          mapping={start.mapping}
          onMap={(column, target) => setStart((s) => ({ ...s, mapping: { ...s.mapping, [column]: target } }))}
        />
        {tried && errors.mapping && (
          <p role="alert" className="border-b bg-danger-soft px-5 py-2 text-destructive">
            {errors.mapping}
          </p>
        )}
        <div ref={conditions} className="mx-auto max-w-[760px] px-5 py-6 max-md:px-4">
          <Conditions
            start={start}
            onChange={(part) => setStart((s) => ({ ...s, ...part }))}
            errors={tried ? errors : {}}
            merged={forecast.data?.merged}
          />
        </div>
      </div>
      <footer className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-5 gap-y-1 border-t px-5 py-2 text-xs max-md:px-4">
        <b className="font-semibold">{t.imports.forecast}</b>
        {forecast.data ? (
          OUTCOMES.map((key) => (
            <span key={key} className="flex items-center gap-1.5 text-muted-foreground">
              <Dot tone={DOT[key]} square />
              {t.imports.outcomes[key]}
              <b className="font-semibold text-foreground">{f.num(forecast.data[key] ?? 0)}</b>
            </span>
          ))
        ) : (
          <span role="status" className="text-muted-foreground">
            {forecast.isError ? "–" : t.imports.forecastCounting}
          </span>
        )}
        {forecast.data?.seconds !== undefined && (
          <span className="text-muted-foreground">
            {t.imports.forecastSeconds(f.duration(forecast.data.seconds))}
          </span>
        )}
        <span className="ml-auto flex items-center gap-2 text-muted-foreground max-md:hidden">
          {t.imports.listTitle}
          <Keys combo="mod+enter" />
        </span>
      </footer>
    </>
  );
}
