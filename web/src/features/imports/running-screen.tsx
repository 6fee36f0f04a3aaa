"use client";

import { Check, LoaderCircle, Square } from "lucide-react";
import { useEffect, useState } from "react";
import type { ImportDetail } from "@/api/types";
import { PageHeader } from "@/components/shell/page-header";
import { Steps } from "@/components/steps";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { useErrorText } from "@/components/ui/states";
import { useNow } from "@/lib/hooks";
import { Rich, useFormat, useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { cn } from "@/lib/utils";
import { rateOf, type Seen, see } from "./eta";
import { ImportFacts } from "./facts";
import { countsOf, Flow } from "./flow";
import { useCancelImport } from "./queries";
import { RecentRows } from "./recent-rows";

/** Rows a second as seen from here; null until it is steady. */
function useRate(rows: number): number | null {
  const now = useNow(1);
  const [window, setWindow] = useState<Seen[]>([]);
  useEffect(() => {
    if (now > 0) setWindow((before) => see(before, rows, now));
  }, [rows, now]);
  return rateOf(window);
}

function Stages({ one }: { one: ImportDetail }) {
  const t = useT();
  const f = useFormat();
  const saving = one.rowsDone > 0;
  const saved = saving && one.rowsDone >= one.rowsTotal;
  const now = !saving ? 0 : !saved ? 1 : 2;
  const notes = ["", saving ? f.percent(one.rowsDone, one.rowsTotal, 0) : "", ""];
  return (
    <section aria-label={t.imports.stagesTitle} className="rounded-lg border bg-card shadow-card">
      <h2 className="border-b px-4 py-2.5 font-semibold">{t.imports.stagesTitle}</h2>
      <ol className="flex flex-col gap-2.5 p-4">
        {t.imports.stages.map((stage, at) => (
          <li
            key={stage}
            aria-current={at === now ? "step" : undefined}
            className="flex items-center gap-2.5"
          >
            <span
              aria-hidden
              className={cn(
                "flex size-5 shrink-0 items-center justify-center rounded-full",
                at < now && "bg-success-soft text-success",
                at === now && "bg-brand-soft text-brand-fg",
                at > now && "border border-border-strong",
              )}
            >
              {at < now && <Check className="size-3" strokeWidth={3} />}
              {at === now && <LoaderCircle className="size-3 animate-spin" />}
            </span>
            <span className={cn(at === now ? "font-semibold" : at > now && "text-muted-foreground")}>
              {stage}
            </span>
            <span className="ml-auto text-xs text-muted-foreground">{at === now ? notes[at] : ""}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

export function RunningScreen({ one }: { one: ImportDetail }) {
  const t = useT();
  const f = useFormat();
  const errorText = useErrorText();
  const cancel = useCancelImport(one.id);
  const [asking, setAsking] = useState(false);
  const rate = useRate(one.rowsDone);
  const share = one.rowsTotal > 0 ? one.rowsDone / one.rowsTotal : 0;
  const left = rate && rate > 0 ? (one.rowsTotal - one.rowsDone) / rate : null;
  const counted = one.forecast?.state === "ready" ? one.forecast : null;
  const known = counted && (counted.merged ?? 0) + (counted.unchanged ?? 0) + (counted.skipped ?? 0);
  const expected = (count: number | null | undefined, hint: string) =>
    counted && count != null ? t.imports.expected(f.num(count)) : hint;
  const quarter = Math.floor(share * 4) * 25;

  const stop = (undo: boolean) =>
    cancel.mutate(undo, {
      onSuccess: () => toast(undo ? t.imports.cancelledUndo : t.imports.cancelled),
      onError: (error) => toast(errorText(error), { tone: "error" }),
      onSettled: () => setAsking(false),
    });

  return (
    <>
      <PageHeader
        title={one.fileName}
        trail={[
          { href: "/contacts", label: t.contacts.title },
          { href: "/contacts/imports", label: t.imports.listTitle },
        ]}
        meta={
          <Badge tone="brand">
            <LoaderCircle aria-hidden className="animate-spin" />
            {t.imports.running}
          </Badge>
        }
        actions={
          <Button onClick={() => setAsking(true)} className="max-md:h-11">
            <Square aria-hidden className="fill-current" />
            {t.imports.cancel}
          </Button>
        }
      />
      <div
        // biome-ignore lint/a11y/noNoninteractiveTabindex: nothing inside can be pressed, and it must scroll by keyboard
        tabIndex={0}
        className="thin-scroll min-h-0 flex-1 overflow-y-auto focus-visible:-outline-offset-2"
      >
        <div className="mx-auto w-full max-w-[1088px] px-6 pt-6 pb-10 max-md:px-4">
          <Steps label={t.imports.stepsLabel} steps={t.imports.steps} current={2} className="mb-8" />
          <div className="mb-4 flex flex-wrap items-baseline gap-x-3">
            <b className="text-2xl font-semibold">{f.percent(share, 1, 0)}</b>
            <span className="text-base">
              <b className="font-medium">{f.num(one.rowsDone)}</b>{" "}
              <span className="text-muted-foreground">{t.imports.of(f.num(one.rowsTotal))}</span>
            </span>
            <span className="ml-auto text-muted-foreground max-md:ml-0 max-md:w-full">
              <b className="font-semibold text-foreground">
                {one.rowsDone === 0
                  ? t.imports.matching
                  : left === null
                    ? t.imports.measuring
                    : t.imports.left(f.duration(Math.max(1, left)))}
              </b>
              {rate !== null && one.seconds !== null && (
                <span className="ml-2 text-xs">
                  {t.imports.speed(f.num(Math.round(rate)), f.duration(one.seconds))}
                </span>
              )}
            </span>
          </div>
          <p role="status" className="sr-only">
            {quarter > 0 && t.imports.progressPolite(`${quarter}%`)}
          </p>
          <Flow
            counts={countsOf(one)}
            total={one.rowsTotal}
            cards={{
              created: { hint: expected(one.forecast?.new, t.imports.outcomeHints.created) },
              merged: { hint: expected(known, t.imports.outcomeHints.merged) },
              review: { hint: expected(one.forecast?.review, t.imports.outcomeHints.review) },
              rejected: { hint: expected(one.forecast?.rejected, t.imports.outcomeHints.rejected) },
            }}
          />
          <div className="mt-6 grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_290px]">
            <RecentRows id={one.id} />
            <div className="flex flex-col gap-5">
              <Stages one={one} />
              <ImportFacts one={one} column />
              <p className="text-xs text-muted-foreground">
                <Rich text={t.imports.mayClose(f.num(one.rowsDone))} />
              </p>
            </div>
          </div>
        </div>
      </div>
      <Dialog open={asking} onOpenChange={setAsking}>
        <DialogContent
          title={t.imports.cancelTitle}
          description={t.imports.cancelText(f.num(one.rowsDone))}
          footer={
            <>
              <Button
                variant="danger"
                className="max-md:h-11"
                busy={cancel.isPending}
                onClick={() => stop(true)}
              >
                {t.imports.cancelUndo}
              </Button>
              <Button className="max-md:h-11" busy={cancel.isPending} onClick={() => stop(false)}>
                {t.imports.cancelKeep}
              </Button>
              <Button variant="primary" autoFocus className="max-md:h-11" onClick={() => setAsking(false)}>
                {t.imports.cancelGoOn}
              </Button>
            </>
          }
        />
      </Dialog>
    </>
  );
}
