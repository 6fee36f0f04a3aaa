"use client";

import { useState } from "react";
import { http } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field, Textarea } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { cn } from "@/lib/utils";
import { type Retention, useRetention } from "./list-queries";
import { useListWords } from "./list-words";
import { useLawAct } from "./queries";

/** What was collected for an election goes when it is over: the plan, and an owner's approval. */
export function RetentionCard({ owner }: { owner: boolean }) {
  const w = useListWords();
  const plans = useRetention(true).data ?? [];
  const [open, setOpen] = useState<Retention | null>(null);
  if (plans.length === 0) return null;
  return (
    <Card aria-labelledby="law-retention">
      <CardHead title={<span id="law-retention">{w.retention.title}</span>} hint={w.retention.hint} />
      <ul>
        {plans.map((one) => (
          <Plan key={one.electionDay} plan={one} owner={owner} onOpen={() => setOpen(one)} />
        ))}
      </ul>
      {open && <PurgeDialog plan={open} onClose={() => setOpen(null)} />}
    </Card>
  );
}

function Plan({ plan, owner, onOpen }: { plan: Retention; owner: boolean; onOpen: () => void }) {
  const w = useListWords();
  const f = useFormat();
  const said =
    plan.state === "done"
      ? w.retention.done(f.num(plan.purged), plan.finishedAt ? f.date(plan.finishedAt, true) : "")
      : plan.state === "approved"
        ? w.retention.approved(f.num(plan.purged))
        : w.retention.stages[plan.stage]?.(f.date(plan.electionDay, true), f.date(plan.dueOn, true));
  const due = plan.state === "due";
  return (
    <li className="border-b px-4 py-3 last:border-b-0">
      <div className="flex flex-wrap items-center gap-3">
        <p className={cn("min-w-0 flex-1", due && plan.stage === "late" && "font-medium text-destructive")}>
          {said}
        </p>
        {due &&
          (owner ? (
            <Button size="sm" className="max-md:h-11" onClick={onOpen}>
              {w.retention.open}
            </Button>
          ) : (
            <span className="text-xs text-muted-foreground">{w.retention.ownerOnly}</span>
          ))}
      </div>
      {plan.state !== "done" && plan.bases.length > 0 && (
        <dl className="mt-2 grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 gap-y-1 text-xs text-muted-foreground">
          {plan.bases.map((one) => (
            <div key={one.basis} className="contents">
              <dt className="truncate">{one.basis}</dt>
              <dd className="text-right tabular-nums">{w.retention.people(f.num(one.people))}</dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}

function PurgeDialog({ plan, onClose }: { plan: Retention; onClose: () => void }) {
  const w = useListWords();
  const f = useFormat();
  const errorText = useErrorText();
  const [kept, setKept] = useState<string[]>([]);
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const going = plan.bases.reduce((sum, one) => sum + (kept.includes(one.basis) ? 0 : one.people), 0);
  const short = reason.trim().length < 2;
  const purge = useLawAct(() =>
    http.post(
      "/api/law/retention/{election_day}/purge",
      { reason: reason.trim(), keep: kept, people: going },
      { path: { election_day: plan.electionDay } },
    ),
  );
  return (
    <Dialog open onOpenChange={(now) => !now && onClose()}>
      <DialogContent
        title={w.retention.dialog}
        description={w.retention.what}
        footer={
          <Button
            variant="danger"
            busy={purge.isPending}
            className="max-md:h-12 max-md:flex-1"
            onClick={() => {
              setTried(true);
              if (short) return;
              purge.mutate(undefined, {
                onSuccess: () => {
                  toast(w.retention.started);
                  onClose();
                },
                onError: (error) => toast(errorText(error), { tone: "error" }),
              });
            }}
          >
            {w.retention.act(f.num(going))}
          </Button>
        }
      >
        <div className="flex flex-col gap-4">
          {plan.bases.length > 0 && (
            <fieldset className="flex flex-col gap-1">
              <legend className="mb-1 font-medium">{w.retention.keep}</legend>
              <p className="mb-1 text-xs text-muted-foreground">{w.retention.keepHint}</p>
              {plan.bases.map((one) => (
                <label key={one.basis} className="flex min-h-8 items-center gap-2 max-md:min-h-11">
                  <input
                    type="checkbox"
                    className="size-4 accent-brand"
                    checked={kept.includes(one.basis)}
                    onChange={(event) =>
                      setKept(
                        event.target.checked
                          ? [...kept, one.basis]
                          : kept.filter((basis) => basis !== one.basis),
                      )
                    }
                  />
                  <span className="min-w-0 flex-1 truncate">{one.basis}</span>
                  <span className="text-muted-foreground">{w.retention.people(f.num(one.people))}</span>
                </label>
              ))}
            </fieldset>
          )}
          <Field
            label={w.retention.why}
            hint={w.retention.whyHint}
            error={tried && short ? w.retention.whyNeed : undefined}
          >
            <Textarea value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
          </Field>
        </div>
      </DialogContent>
    </Dialog>
  );
}
