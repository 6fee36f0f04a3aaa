"use client";

import { FileText } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Input } from "@/components/ui/field";
import { Failure, Skeleton } from "@/components/ui/states";
import { useDebounced } from "@/lib/hooks";
import { usePageWords } from "@/lib/page-words";
import { variablesOf } from "@/lib/variables";
import ko from "@/messages/ko/content";
import { blank, stepOf } from "../templates/form";
import { useTemplate, useTemplates } from "../templates/queries";
import { VariableRules } from "../templates/variable-rules";
import { useWords } from "../templates/words";
import type { KeptStep, StepText } from "./draft";
import { isLink } from "./links";

const english = () => import("@/messages/en/content");

interface Props {
  step: StepText;
  onChange: (part: Partial<StepText>) => void;
}

/** Words that somebody has written before, with their rules for missing values. */
export function TemplatePick({ step, onChange }: Props) {
  const w = usePageWords(ko, english);
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="ghost" size="sm" onClick={() => setOpen(true)} className="max-md:h-11">
        <FileText aria-hidden />
        {w.pick}
      </Button>
      {open && (
        <Dialog open onOpenChange={setOpen}>
          <DialogContent title={w.pick} description={step.body.trim() ? w.pickHint : undefined}>
            <Templates
              onPick={(chosen) => {
                setOpen(false);
                onChange({ ...chosen, senderId: step.senderId });
              }}
            />
          </DialogContent>
        </Dialog>
      )}
    </>
  );
}

function Templates({ onPick }: { onPick: (step: StepText) => void }) {
  const w = usePageWords(ko, english);
  const [typed, setTyped] = useState("");
  const q = useDebounced(typed.trim(), 180);
  const found = useTemplates({ q, channel: "", state: "", folder: null, archived: false });
  const texts = found.data?.pages
    .flatMap((page) => page.items)
    .filter((one) => one.channel !== "alimtalk" && one.state !== "stopped");
  return (
    <div className="flex flex-col gap-3">
      <Input
        type="search"
        aria-label={w.pickSearch}
        placeholder={w.pickSearch}
        maxLength={100}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {found.isError ? (
        <Failure compact error={found.error} onRetry={() => void found.refetch()} />
      ) : !texts ? (
        <Skeleton className="h-24 w-full" />
      ) : texts.length === 0 ? (
        <p className="py-6 text-center text-muted-foreground">{w.pickNone}</p>
      ) : (
        <ul aria-label={w.pick} className="thin-scroll max-h-80 divide-y overflow-y-auto rounded-lg border">
          {texts.map((one) => (
            <li key={one.id}>
              <button
                type="button"
                onClick={() => onPick(stepOf(one))}
                className="flex min-h-11 w-full flex-col gap-0.5 px-3 py-2 text-left hover:bg-muted"
              >
                <span className="w-full truncate font-medium">{one.name}</span>
                <span className="w-full truncate text-xs text-muted-foreground">
                  {[one.folder, one.body].filter(Boolean).join(" · ")}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What becomes of people whose values are missing: the template's own rules until something else is said here. */
export function MissingRules({ step, onChange }: Props) {
  const w = usePageWords(ko, english);
  const t = useWords();
  const [open, setOpen] = useState(false);
  const names = variablesOf(step.body).filter((name) => !isLink(name));
  const kept: KeptStep = step.kept ?? { channel: "sms" };
  const template = useTemplate(kept.templateId ?? null).data;
  if (names.length === 0) return null;
  const form = {
    ...blank("sms"),
    body: step.body,
    missingPolicy: kept.missingPolicy ?? template?.missingPolicy ?? "skip",
    defaults: { ...template?.defaults, ...kept.defaults },
    formats: { ...template?.formats, ...kept.formats },
  };
  return (
    <details
      className="rounded-md border px-3 py-2"
      onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}
    >
      <summary className="cursor-pointer text-xs max-md:min-h-6">
        {w.missing}: <span className="text-muted-foreground">{t.policies[form.missingPolicy]}</span>
      </summary>
      {/* Shut, a browser halts what moves in it: colours that change with the theme would never arrive. */}
      {open && (
        <div className="pt-3">
          <VariableRules
            form={form}
            bare={names}
            errorOf={() => undefined}
            onChange={({ missingPolicy, defaults, formats }) =>
              onChange({
                kept: {
                  ...kept,
                  ...(missingPolicy && { missingPolicy }),
                  ...(defaults && { defaults }),
                  ...(formats && {
                    // "As it is" is said aloud only where the template says something else.
                    formats: Object.fromEntries(
                      Object.entries(formats).filter(([name, f]) => f || template?.formats[name]),
                    ),
                  }),
                },
              })
            }
          />
        </div>
      )}
    </details>
  );
}
