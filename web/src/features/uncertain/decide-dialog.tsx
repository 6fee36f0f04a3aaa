"use client";

import { useId, useState } from "react";
import type { Resolution } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent } from "@/components/ui/dialog";
import { Field, Textarea } from "@/components/ui/field";
import { Rich, useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import { useWords } from "./words";

const DECISIONS: Resolution[] = ["adopt", "resend", "close"];

interface Props {
  /** One person's name, or nothing for the whole group. */
  name: string | null;
  people: number;
  /** Of quota, kept for them. */
  units: number;
  mayResend: boolean;
  chosen: Resolution | null;
  onClose: () => void;
  onDecide: (decision: Resolution, reason: string) => void;
}

/** The three answers side by side, each with what it does to people and to the month's quota; then the one word that does it. */
export function DecideDialog({ name, people, units, mayResend, chosen, onClose, onDecide }: Props) {
  const t = useT();
  const w = useWords();
  const form = useId();
  const [decision, setDecision] = useState<Resolution | null>(
    chosen === "resend" && !mayResend ? null : chosen,
  );
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const submit = () => {
    if (!decision) return;
    if (decision === "resend" && reason.trim() === "") {
      setMissing(true);
      document.getElementById(`${form}-reason`)?.focus();
      return;
    }
    onDecide(decision, reason.trim());
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={name === null ? w.ask(people) : w.askOne(name)}
        description={w.askHint}
        className="md:w-[min(560px,calc(100vw-32px))]"
        footer={
          <>
            {!decision && (
              <span className="mr-auto self-center text-xs text-muted-foreground">{w.choose}</span>
            )}
            <DialogClose asChild>
              <Button className="max-md:h-12 max-md:flex-1">{t.common.cancel}</Button>
            </DialogClose>
            <Button
              type="submit"
              form={form}
              variant={decision === "resend" ? "danger" : "primary"}
              disabled={!decision}
              className="max-md:h-12 max-md:flex-1"
            >
              {decision ? w.confirm[decision](people) : w.decideOneShort}
            </Button>
          </>
        }
      >
        <form
          id={form}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
          }}
        >
          <fieldset>
            <legend className="sr-only">{name === null ? w.ask(people) : w.askOne(name)}</legend>
            {DECISIONS.map((one, index) => {
              const off = one === "resend" && !mayResend;
              return (
                <label
                  key={one}
                  className={cn(
                    "mb-2 flex cursor-pointer gap-3 rounded-lg border p-3 has-focus-visible:outline-2 has-focus-visible:outline-ring",
                    decision === one ? "border-brand bg-brand-soft/40" : "hover:border-border-strong",
                    off && "cursor-not-allowed bg-muted hover:border-border",
                  )}
                >
                  <input
                    type="radio"
                    name={`${form}-decision`}
                    value={one}
                    checked={decision === one}
                    disabled={off}
                    autoFocus={decision === null ? index === 0 : decision === one}
                    onChange={() => setDecision(one)}
                    className="mt-0.5 size-4 shrink-0 accent-brand"
                  />
                  <span className="min-w-0">
                    <b className="block font-semibold">{w.decisions[one].label}</b>
                    <span className="block text-sm text-muted-foreground">
                      {off ? w.notAgain : <Rich text={w.consequence[one](people)} />}
                    </span>
                    {units > 0 && !off && (
                      <span className="mt-1 block text-xs text-muted-foreground">{w.quota[one](units)}</span>
                    )}
                  </span>
                </label>
              );
            })}
          </fieldset>
          <Field
            id={`${form}-reason`}
            label={w.reasonLabel}
            mark={
              <span className="text-xs text-muted-foreground">
                {decision === "resend" ? t.common.required : t.common.optional}
              </span>
            }
            hint={w.reasonHint}
            error={missing && reason.trim() === "" ? w.reasonNeeded : undefined}
            className="mt-3"
          >
            <Textarea
              value={reason}
              maxLength={500}
              rows={2}
              onChange={(event) => setReason(event.target.value)}
              className="min-h-16"
            />
          </Field>
        </form>
      </DialogContent>
    </Dialog>
  );
}
