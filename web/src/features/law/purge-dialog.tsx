"use client";

import { useState } from "react";
import { http } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field, Input, Textarea } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import type { Retention } from "./list-queries";
import { useListWords } from "./list-words";
import { useLawAct } from "./queries";

/** An owner approves: whom to keep, why, and the day once more where it may be a slip of the hand. */
export function PurgeDialog({ plan, onClose }: { plan: Retention; onClose: () => void }) {
  const w = useListWords();
  const f = useFormat();
  const errorText = useErrorText();
  const [kept, setKept] = useState<string[]>([]);
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const [tried, setTried] = useState(false);
  const doubtful = plan.enteredLate !== null || !plan.named;
  const otherDay = doubtful && typed !== plan.electionDay;
  const going = plan.bases.reduce((sum, one) => sum + (kept.includes(one.basis) ? 0 : one.people), 0);
  const short = reason.trim().length < 2;
  const purge = useLawAct(() =>
    http.post(
      "/api/law/retention/{election_day}/purge",
      { reason: reason.trim(), keep: kept, people: going, typedDay: doubtful ? typed : null },
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
              if (short || otherDay) return;
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
          {doubtful && (
            <Field
              label={w.retention.typed}
              hint={w.retention.typedHint(f.date(plan.electionDay, true))}
              error={tried && otherDay ? w.retention.typedNeed : undefined}
            >
              <Input type="date" value={typed} onChange={(event) => setTyped(event.target.value)} />
            </Field>
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

/** Of an election that there never was. */
export function DismissDialog({ plan, onClose }: { plan: Retention; onClose: () => void }) {
  const w = useListWords().retention;
  const f = useFormat();
  const errorText = useErrorText();
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const short = reason.trim().length < 2;
  const dismiss = useLawAct(() =>
    http.post(
      "/api/law/retention/{election_day}/dismiss",
      { reason: reason.trim() },
      { path: { election_day: plan.electionDay } },
    ),
  );
  return (
    <Dialog open onOpenChange={(now) => !now && onClose()}>
      <DialogContent
        title={w.dismiss}
        description={w.dismissWhat(plan.purged > 0 ? f.num(plan.purged) : "")}
        footer={
          <Button
            variant="primary"
            busy={dismiss.isPending}
            className="max-md:h-12 max-md:flex-1"
            onClick={() => {
              setTried(true);
              if (short) return;
              dismiss.mutate(undefined, {
                onSuccess: () => {
                  toast(w.dismissed);
                  onClose();
                },
                onError: (error) => toast(errorText(error), { tone: "error" }),
              });
            }}
          >
            {w.dismiss}
          </Button>
        }
      >
        <Field label={w.why} hint={w.whyHint} error={tried && short ? w.whyNeed : undefined}>
          <Textarea value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
        </Field>
      </DialogContent>
    </Dialog>
  );
}
