"use client";

import { Button } from "@/components/ui/button";
import { useT } from "@/lib/i18n";
import { Papers } from "./papers";
import type { StepProps } from "./setup-page";

/** What will be asked for; the records of a candidacy themselves come with the election rules. */
export function CandidacyStep({ setup, onDone, busy }: StepProps) {
  const t = useT();
  const c = t.setup.candidacy;
  return (
    <div className="flex flex-col gap-4">
      <p>{c.text}</p>
      <Papers papers={setup.papers.candidacy} />
      <p className="text-muted-foreground">{c.notYet}</p>
      <div>
        <Button variant="primary" busy={busy} onClick={() => onDone()}>
          {c.noted}
        </Button>
      </div>
    </div>
  );
}
