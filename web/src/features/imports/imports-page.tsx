"use client";

import { useQueryClient } from "@tanstack/react-query";
import { FileSpreadsheet, FileUp } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { upload } from "@/api/client";
import type { Uploaded } from "@/api/types";
import { PageHeader } from "@/components/shell/page-header";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { StackedBar } from "@/components/ui/progress";
import { Empty, Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useNow, useTitle } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { Link, useNavigate } from "@/lib/router";
import { cn } from "@/lib/utils";
import { useImports } from "./queries";

export const STATE_TONE: Record<string, BadgeTone> = {
  uploading: "neutral",
  uploaded: "neutral",
  running: "brand",
  completed: "success",
  failed: "danger",
  cancelled: "neutral",
  undone: "warning",
};

function DropZone() {
  const t = useT();
  const f = useFormat();
  const { to } = useNavigate();
  const client = useQueryClient();
  const errorText = useErrorText();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [share, setShare] = useState<number | null>(null);
  const [error, setError] = useState("");

  const send = async (file: File | undefined) => {
    if (!file || share !== null) return;
    setError("");
    setShare(0);
    const form = new FormData();
    form.append("file", file);
    try {
      const made = await upload<Uploaded>("/api/imports", form, setShare);
      void client.invalidateQueries({ queryKey: ["imports"] });
      to(`/contacts/imports/${made.id}`);
    } catch (reason) {
      setError(errorText(reason));
      setShare(null);
    }
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra; the button inside does the same
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void send(event.dataTransfer.files[0]);
      }}
      className={cn(
        "flex flex-col items-center rounded-xl border border-dashed border-border-strong px-6 py-12 text-center transition-colors duration-100",
        over && "border-brand bg-brand-soft/50",
      )}
    >
      <span className="mb-4 flex size-11 items-center justify-center rounded-lg bg-secondary text-muted-foreground">
        <FileUp aria-hidden className="size-5" />
      </span>
      <p className="text-base font-semibold">{over ? t.imports.dropNow : t.imports.drop}</p>
      <p className="mt-1 text-muted-foreground">{t.imports.dropHint}</p>
      {share === null ? (
        <Button
          variant="primary"
          size="lg"
          className="mt-5 max-md:h-12"
          onClick={() => input.current?.click()}
        >
          {t.imports.choose}
        </Button>
      ) : (
        <div className="mt-6 w-64">
          <StackedBar
            label={t.imports.uploading("")}
            max={1}
            parts={[{ key: "up", value: share, tone: "brand" }]}
          />
          <p role="status" className="mt-2 text-xs text-muted-foreground">
            {share >= 1 ? t.imports.reading : t.imports.uploading(f.percent(share, 1, 0))}
          </p>
        </div>
      )}
      <input
        ref={input}
        type="file"
        accept=".xlsx,.xlsm,.csv,.tsv,.txt"
        aria-label={t.imports.choose}
        tabIndex={-1}
        className="sr-only"
        onChange={(event) => void send(event.target.files?.[0])}
      />
      {error && (
        <p role="alert" className="mt-4 text-destructive">
          {error}
        </p>
      )}
    </div>
  );
}

export function ImportsPage() {
  const t = useT();
  const f = useFormat();
  const now = useNow(30);
  const list = useImports();
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  useTitle(t.imports.title);
  const [ready, setReady] = useState(false);
  useEffect(() => setReady(true), []);

  return (
    <>
      <PageHeader title={t.imports.title} trail={[{ href: "/contacts", label: t.contacts.title }]} />
      <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto w-full max-w-[760px] px-6 py-8 max-md:px-4">
          {ready && <DropZone />}
          <h2 className="mt-10 mb-3 font-semibold">{t.imports.history}</h2>
          {list.isPending ? (
            <div aria-hidden className="flex flex-col gap-3">
              <Skeleton className="h-12 w-full" />
              <Skeleton className="h-12 w-full" />
            </div>
          ) : list.isError ? (
            <Failure
              compact
              title={t.imports.loadFailed}
              error={list.error}
              onRetry={() => void list.refetch()}
            />
          ) : rows.length === 0 ? (
            <Empty icon={FileSpreadsheet} title={t.imports.historyEmpty} className="py-8">
              {t.imports.historyEmptyHint}
            </Empty>
          ) : (
            <ul className="overflow-hidden rounded-lg border bg-card shadow-card">
              {rows.map((one) => (
                <li key={one.id} className="border-b last:border-b-0">
                  <Link
                    href={`/contacts/imports/${one.id}`}
                    className="flex min-h-13 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 hover:bg-muted focus-visible:-outline-offset-2"
                  >
                    <FileSpreadsheet aria-hidden className="size-4 shrink-0 text-muted-foreground" />
                    <b className="min-w-0 flex-1 truncate font-medium">{one.fileName}</b>
                    <Badge tone={STATE_TONE[one.state]}>{t.imports.states[one.state]}</Badge>
                    <span className="w-24 text-right">{t.common.rows(one.rowsTotal)}</span>
                    <span className="w-28 text-right text-xs text-muted-foreground max-md:w-full max-md:pl-7 max-md:text-left">
                      {one.createdAt && now > 0 && f.ago(one.createdAt, now)}
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          )}
          {list.hasNextPage && (
            <Button
              className="mt-4 w-full"
              busy={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              {t.common.more}
            </Button>
          )}
        </div>
      </div>
    </>
  );
}
