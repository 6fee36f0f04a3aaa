"use client";

import { ArrowDown, ArrowUp, CornerDownRight, Plus, Trash2 } from "lucide-react";
import { useId, useState } from "react";
import type { Sender } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Field, Select } from "@/components/ui/field";
import { Switch } from "@/components/ui/switch";
import { useFormat, useT } from "@/lib/i18n";
import { usePageWords } from "@/lib/page-words";
import ko from "@/messages/ko/content";
import { type Draft, MAX_STEPS, type NextStep } from "./draft";
import { addStep, changeStep, dropStep, isSplit, nextId, swapSteps } from "./draft-rules";
import { StepFields } from "./step-fields";

const english = () => import("@/messages/en/content");

interface Props {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  errorOf: (field: string) => string | undefined;
  senders: Sender[] | null;
}

/** What follows for whoever didn't get the first: further steps below it, and whether people may get two. */
export function NextSteps({ draft, onChange, errorOf, senders }: Props) {
  const t = useT();
  const w = usePageWords(ko, english);
  const overlap = useId();
  const [moved, setMoved] = useState("");
  /** The step at `from` (0 is the first) goes one place up or down; focus and the ear go with it. */
  const move = (from: number, to: number) => {
    const step = from === 0 ? draft : draft.next[from - 1];
    onChange(swapSteps(draft, Math.min(from, to)));
    setMoved(w.stepMoved(t.contacts.channels[step?.channel ?? ""] ?? "", to + 1));
    // What became the first has no buttons of its own: its neighbour's bring it back.
    setTimeout(() => document.getElementById(`${nextId(Math.max(0, to - 1))}-up`)?.focus(), 0);
  };
  return (
    <>
      {draft.next.map((step, index) => (
        <section
          key={nextId(index)}
          aria-label={t.composer.nextTitle(index + 2)}
          className="flex flex-col gap-5 rounded-lg border bg-card p-4 shadow-card dark:bg-transparent"
        >
          <div className="flex items-center gap-2">
            <CornerDownRight aria-hidden className="size-4 shrink-0 text-muted-foreground" />
            <h2 className="min-w-0 flex-1 font-medium">{t.composer.nextTitle(index + 2)}</h2>
            <Button
              id={`${nextId(index)}-up`}
              variant="ghost"
              size="sm"
              aria-label={w.stepUp(index + 2)}
              title={index === 0 && isSplit(draft) ? w.stepSplit : undefined}
              disabled={index === 0 && isSplit(draft)}
              onClick={() => move(index + 1, index)}
              className="max-md:size-11"
            >
              <ArrowUp aria-hidden />
            </Button>
            {index < draft.next.length - 1 && (
              <Button
                variant="ghost"
                size="sm"
                aria-label={w.stepDown(index + 2)}
                onClick={() => move(index + 1, index + 2)}
                className="max-md:size-11"
              >
                <ArrowDown aria-hidden />
              </Button>
            )}
            <Button
              variant="ghost"
              size="sm"
              aria-label={t.composer.nextRemove(index + 2)}
              onClick={() => onChange(dropStep(draft, index))}
              className="max-md:size-11"
            >
              <Trash2 aria-hidden />
            </Button>
          </div>
          <When step={step} onChange={(part) => onChange(changeStep(draft, index, part))} />
          <StepFields
            id={nextId(index)}
            step={step}
            onChange={(part) => onChange(changeStep(draft, index, part))}
            errorOf={errorOf}
            senders={senders}
          />
        </section>
      ))}
      <p role="status" className="sr-only">
        {moved}
      </p>
      {draft.next.length + 1 < MAX_STEPS && (
        <div className="flex flex-col items-start gap-1.5">
          <Button onClick={() => onChange(addStep(draft))} className="max-md:h-11">
            <Plus aria-hidden />
            {t.composer.nextAdd}
          </Button>
          {draft.next.length === 0 && (
            <p className="text-xs text-muted-foreground">{t.composer.nextAddHint}</p>
          )}
        </div>
      )}
      {draft.next.length > 0 && (
        <div className="flex items-start gap-3 rounded-lg border p-4">
          <Switch
            id={overlap}
            aria-describedby={`${overlap}-hint`}
            checked={draft.mayOverlap}
            onCheckedChange={(mayOverlap) => onChange({ mayOverlap })}
            className="mt-0.5"
          />
          <div>
            <label htmlFor={overlap} className="font-medium">
              {t.composer.overlap}
            </label>
            <p id={`${overlap}-hint`} className="text-xs text-muted-foreground">
              {draft.mayOverlap ? t.composer.overlapOn : t.composer.overlapOff}
            </p>
          </div>
        </div>
      )}
    </>
  );
}

const EVERY: NonNullable<NextStep["fallbackOn"]> = ["retryable", "final", "configuration", "content"];
const AFTER = [0, 600, 3600, 21_600, 86_400];

/** A list made elsewhere is shown as such and kept until another choice is made. */
function choiceOf(fallbackOn: NextStep["fallbackOn"]): "unreachable" | "every" | "own" {
  if (fallbackOn === null) return "unreachable";
  const has = (names: readonly string[]) =>
    names.length === fallbackOn.length && names.every((name) => fallbackOn.some((one) => one === name));
  return has(EVERY) ? "every" : has(EVERY.slice(0, 2)) ? "unreachable" : "own";
}

function When({ step, onChange }: { step: NextStep; onChange: (part: Partial<NextStep>) => void }) {
  const t = useT();
  const f = useFormat();
  const choice = choiceOf(step.fallbackOn);
  const times = AFTER.includes(step.afterSeconds) ? AFTER : [...AFTER, step.afterSeconds];
  return (
    <div className="grid gap-4 md:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)]">
      <Field label={t.composer.nextWhen} hint={t.composer.nextWhenHint}>
        <Select
          value={choice}
          onChange={({ target }) => {
            if (target.value !== "own") onChange({ fallbackOn: target.value === "every" ? EVERY : null });
          }}
        >
          <option value="unreachable">{t.composer.nextUnreachable}</option>
          <option value="every">{t.composer.nextEvery}</option>
          {choice === "own" && (
            <option value="own">
              {t.composer.nextOwn(step.fallbackOn?.map((name) => t.campaigns.reasons[name]).join(", ") ?? "")}
            </option>
          )}
        </Select>
      </Field>
      <Field label={t.composer.nextAfter}>
        <Select
          value={step.afterSeconds}
          onChange={({ target }) => onChange({ afterSeconds: Number(target.value) })}
        >
          {times.map((seconds) => (
            <option key={seconds} value={seconds}>
              {seconds === 0 ? t.composer.nextAtOnce : t.composer.nextLater(f.duration(seconds))}
            </option>
          ))}
        </Select>
      </Field>
    </div>
  );
}
