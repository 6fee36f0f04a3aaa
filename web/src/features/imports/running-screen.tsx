"use client";

import { LoaderCircle, Square } from "lucide-react";
import { useRef, useState } from "react";
import type { Import } from "@/api/types";
import { PageHeader } from "@/components/shell/page-header";
import { Steps } from "@/components/steps";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { useErrorText } from "@/components/ui/states";
import { useNow } from "@/lib/hooks";
import { Rich, useFormat, useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { countsOf, Flow } from "./flow";
import { useCancelImport } from "./queries";

/** Rate since this page began to look; the server's own seconds would count the waiting before the first row too. */
function useRate(one: Import): number | null {
  const first = useRef<{ rows: number; at: number } | null>(null);
  const now = useNow(1);
  if (!first.current && now > 0) first.current = { rows: one.rowsDone, at: now };
  if (one.seconds && one.seconds > 3) return one.rowsDone / one.seconds;
  const began = first.current;
  if (!began || now - began.at < 3000) return null;
  return ((one.rowsDone - began.rows) * 1000) / (now - began.at);
}

export function RunningScreen({ one }: { one: Import }) {
  const t = useT();
  const f = useFormat();
  const errorText = useErrorText();
  const cancel = useCancelImport(one.id);
  const [asking, setAsking] = useState(false);
  const rate = useRate(one);
  const share = one.rowsTotal > 0 ? one.rowsDone / one.rowsTotal : 0;
  const left = rate && rate > 0 ? (one.rowsTotal - one.rowsDone) / rate : null;
  const quarter = Math.floor(share * 4) * 25;

  const stop = () =>
    cancel.mutate(undefined, {
      onSuccess: () => toast(t.imports.cancelled),
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
      <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
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
                {left === null ? t.imports.measuring : t.imports.left(f.duration(left))}
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
              created: { hint: t.imports.outcomeHints.created },
              merged: { hint: t.imports.outcomeHints.merged },
              review: { hint: t.imports.outcomeHints.review },
              rejected: { hint: t.imports.outcomeHints.rejected },
            }}
          />
          <p className="mt-6 text-muted-foreground">
            <Rich text={t.imports.mayClose(f.num(one.rowsDone))} />
          </p>
        </div>
      </div>
      <Dialog open={asking} onOpenChange={setAsking}>
        <DialogContent
          title={t.imports.cancelTitle}
          description={t.imports.cancelText(f.num(one.rowsDone))}
          footer={
            <>
              <Button variant="danger" busy={cancel.isPending} onClick={stop}>
                {t.imports.cancelKeep}
              </Button>
              <Button variant="primary" autoFocus onClick={() => setAsking(false)}>
                {t.imports.cancelGoOn}
              </Button>
            </>
          }
        />
      </Dialog>
    </>
  );
}
