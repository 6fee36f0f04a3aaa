"use client";

import { Download } from "lucide-react";
import type { Import, ImportReport } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Failure, Skeleton } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { useMe } from "../session/queries";
import { atLeast } from "../session/roles";
import { useReport } from "./queries";

/** Mended, it is uploaded as it is: its last column is ours and is left out by itself. */
export function ErrorFile({ one, count }: { one: Import; count: number }) {
  const t = useT();
  const f = useFormat();
  const me = useMe().data;
  if (!atLeast(me?.role, "admin")) return null;
  const kind = one.encoding === "xlsx" ? "xlsx" : "csv";
  return (
    <Button asChild size="sm" className="max-md:h-11">
      <a href={`/api/imports/${one.id}/errors.${kind}`} download>
        <Download aria-hidden />
        {t.imports.errorsFile(f.num(count))}
      </a>
    </Button>
  );
}

function Table({ title, rows }: { title: string; rows: ImportReport["refused"] }) {
  const t = useT();
  const f = useFormat();
  if (rows.length === 0) return null;
  const sum = rows.reduce((all, one) => all + one.count, 0);
  return (
    <section aria-label={title} className="min-w-0 rounded-lg border bg-card shadow-card">
      <h3 className="flex items-center border-b px-4 py-2.5 font-semibold">
        {title}
        <span className="ml-auto text-xs font-normal text-muted-foreground">
          {t.imports.cases(f.num(sum))}
        </span>
      </h3>
      <ul>
        {rows.map((one) => (
          <li key={one.code} className="flex min-h-9 items-center gap-3 border-b px-4 py-1.5 last:border-b-0">
            <span className="min-w-0 flex-1">
              <span className="mr-2 font-medium">{t.imports.kinds[one.code] ?? one.message}</span>
              <span className="text-xs text-muted-foreground">{one.mend}</span>
            </span>
            <b className="shrink-0 font-semibold">{f.num(one.count)}</b>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Why rows stayed out, and what was left out of rows that came in; the most frequent first. */
export function Reasons({ one }: { one: Import }) {
  const t = useT();
  const wanted = one.rejected + one.warned > 0 && one.state !== "undone";
  const report = useReport(one.id, wanted);
  if (!wanted) return null;
  if (report.isError) {
    return (
      <div className="mt-6">
        <Failure
          compact
          title={t.imports.reportFailed}
          error={report.error}
          onRetry={() => void report.refetch()}
        />
      </div>
    );
  }
  if (!report.data) return <Skeleton className="mt-6 h-36 w-full rounded-lg" />;
  return (
    <div className="mt-6 grid items-start gap-4 md:grid-cols-2">
      <Table title={t.imports.refusedTitle} rows={report.data.refused} />
      <Table title={t.imports.leftOutTitle} rows={report.data.leftOut} />
    </div>
  );
}
