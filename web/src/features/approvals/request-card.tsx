"use client";

import { UserCheck } from "lucide-react";
import { useState } from "react";
import type { Campaign, Check } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Field, Textarea } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { useApprove, useNames, useWords } from "./queries";

interface Props {
  campaign: Campaign;
  check: Check;
  threshold: number;
  /** Not yet: something blocks it, or what is shown isn't what was checked. */
  disabled: boolean;
  onAsked: () => void;
}

/** In the place of the launch button: above the threshold somebody else has to look first. */
export function RequestCard({ campaign, check, threshold, disabled, onAsked }: Props) {
  const w = useWords().request;
  const f = useFormat();
  const nameOf = useNames();
  const errorText = useErrorText();
  const act = useApprove(campaign.id);
  const [note, setNote] = useState("");
  const [tried, setTried] = useState(false);
  const hold = check.verdicts.some((verdict) => verdict.level === "hold");
  const short = hold && note.trim().length < 10;
  const last = campaign.approval;
  const ask = () => {
    setTried(true);
    if (short) return;
    act.mutate(
      { kind: "request", digest: check.digest, note: note.trim() },
      {
        onSuccess: () => {
          toast(w.sent);
          onAsked();
        },
        onError: (error) => toast(errorText(error), { tone: "error" }),
      },
    );
  };
  return (
    <section aria-label={w.title} className="mt-4 flex flex-col gap-3 rounded-md bg-brand-soft/40 p-4">
      <p className="flex items-center gap-2 font-medium">
        <UserCheck aria-hidden className="size-4 text-brand-fg" />
        {w.title}
      </p>
      <p className="text-xs text-muted-foreground">{w.text(f.num(threshold))}</p>
      {last?.state === "rejected" && (
        <p role="status" className="text-warning">
          {w.rejected(nameOf(last.decidedBy), last.reason)}
        </p>
      )}
      {last?.state === "voided" && <p className="text-warning">{w.voided}</p>}
      <Field label={w.note} hint={w.noteHint} error={tried && short ? w.noteNeed : undefined}>
        <Textarea value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
      </Field>
      <Button
        variant="primary"
        size="lg"
        busy={act.isPending}
        disabled={disabled}
        onClick={ask}
        className="self-start max-md:h-12 max-md:w-full"
      >
        <UserCheck aria-hidden />
        {w.send}
      </Button>
    </section>
  );
}
