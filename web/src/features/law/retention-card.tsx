"use client";

import { useState } from "react";
import { http } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { useErrorText } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { cn } from "@/lib/utils";
import { type Retention, useRetention } from "./list-queries";
import { useListWords } from "./list-words";
import { DismissDialog, PurgeDialog } from "./purge-dialog";
import { useLawAct, useNames } from "./queries";

/** What was collected for an election goes when it is over: what is due when, who approved, what went. */
export function RetentionCard({ owner }: { owner: boolean }) {
  const w = useListWords();
  const plans = useRetention(true).data ?? [];
  const [open, setOpen] = useState<{ plan: Retention; dismiss: boolean } | null>(null);
  const close = () => setOpen(null);
  if (plans.length === 0) return null;
  return (
    <Card aria-labelledby="law-retention">
      <CardHead title={<span id="law-retention">{w.retention.title}</span>} hint={w.retention.hint} />
      <ul>
        {plans.map((plan) => (
          <Plan
            key={plan.electionDay}
            plan={plan}
            owner={owner}
            onOpen={(dismiss) => setOpen({ plan, dismiss })}
          />
        ))}
      </ul>
      {open &&
        (open.dismiss ? (
          <DismissDialog plan={open.plan} onClose={close} />
        ) : (
          <PurgeDialog plan={open.plan} onClose={close} />
        ))}
    </Card>
  );
}

function Plan({
  plan,
  owner,
  onOpen,
}: {
  plan: Retention;
  owner: boolean;
  onOpen: (dismiss: boolean) => void;
}) {
  const w = useListWords().retention;
  const f = useFormat();
  const errorText = useErrorText();
  const due = plan.state === "due";
  // Whoever is kept for another basis isn't part of what is being done.
  const left = plan.bases.reduce((sum, one) => sum + (plan.kept.includes(one.basis) ? 0 : one.people), 0);
  const gone = plan.purged > 0 ? f.num(plan.purged) : "";
  const said =
    plan.state === "void"
      ? w.dropped(f.date(plan.electionDay, true), f.num(plan.purged))
      : plan.state === "done"
        ? w.done(f.num(plan.purged), plan.finishedAt ? f.date(plan.finishedAt, true) : "")
        : plan.state === "approved"
          ? w.approved(f.num(plan.purged), f.num(plan.purged + left))
          : due && !plan.named
            ? w.unnamed(f.date(plan.electionDay, true), gone)
            : w.stages[plan.stage]?.(f.date(plan.electionDay, true), f.date(plan.dueOn, true));
  const stop = useLawAct(() =>
    http.post("/api/law/retention/{election_day}/stop", undefined, {
      path: { election_day: plan.electionDay },
    }),
  );
  return (
    <li className="border-b px-4 py-3 last:border-b-0">
      <div className="flex flex-wrap items-center gap-3">
        <p className={cn("min-w-0 flex-1", due && plan.stage === "late" && "font-medium text-destructive")}>
          {said}
        </p>
        {owner && due && !plan.named && (
          <Button size="sm" variant="ghost" className="max-md:h-11" onClick={() => onOpen(true)}>
            {w.dismiss}
          </Button>
        )}
        {due &&
          (owner ? (
            <Button size="sm" className="max-md:h-11" onClick={() => onOpen(false)}>
              {w.open}
            </Button>
          ) : (
            <span className="text-xs text-muted-foreground">{w.ownerOnly}</span>
          ))}
        {owner && plan.state === "approved" && (
          <Button
            size="sm"
            className="max-md:h-11"
            busy={stop.isPending}
            onClick={() =>
              stop.mutate(undefined, {
                onSuccess: () => toast(w.stopped),
                onError: (error) => toast(errorText(error), { tone: "error" }),
              })
            }
          >
            {w.stop}
          </Button>
        )}
      </div>
      {due && plan.enteredLate && (
        <p className="mt-1 text-warning">{w.late(f.date(plan.enteredLate, true))}</p>
      )}
      {plan.state === "approved" && (
        <progress
          className="mt-2 h-1.5 w-full accent-brand"
          aria-label={said}
          value={plan.purged}
          max={Math.max(1, plan.purged + left)}
        />
      )}
      <Facts plan={plan} />
    </li>
  );
}

function Facts({ plan }: { plan: Retention }) {
  const w = useListWords().retention;
  const f = useFormat();
  const nameOf = useNames();
  const list = (bases: Retention["bases"]) =>
    bases.map((one) => `${one.basis} ${w.people(f.num(one.people))}`).join(", ");
  const { erased } = plan;
  const also = erased.cards + erased.cells + erased.replies;
  const facts: [string, string][] = [
    [w.days.election, `${f.date(plan.electionDay, true)} · ${plan.dDay}`],
    ...(plan.state === "done" || plan.state === "void"
      ? []
      : ([
          [w.days.held, f.date(plan.heldFrom, true)],
          [w.days.due, f.date(plan.dueOn, true)],
          [w.days.left, plan.people ? list(plan.bases) : w.people("0")],
        ] as [string, string][])),
  ];
  if (plan.approvedAt && plan.approvedPeople !== null)
    facts.push([
      w.days.approved,
      w.by(nameOf(plan.approvedBy), f.dateTime(plan.approvedAt), f.num(plan.approvedPeople)),
    ]);
  if (plan.reason) facts.push([w.days.why, plan.reason]);
  if (plan.kept.length) facts.push([w.days.kept, plan.kept.join(", ")]);
  if (plan.lastAt) facts.push([w.days.last, f.dateTime(plan.lastAt)]);
  if (erased.bases.length) facts.push([w.days.erased, list(erased.bases)]);
  if (also)
    facts.push([w.days.also, w.also(f.num(erased.cards), f.num(erased.cells), f.num(erased.replies))]);
  return (
    <>
      <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-xs text-muted-foreground">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt>{name}</dt>
            <dd className="min-w-0 break-words tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      {plan.state === "done" && <p className="mt-1 text-xs text-muted-foreground">{w.stays}</p>}
    </>
  );
}
