"use client";

import { useState } from "react";
import { ApiError, http } from "@/api/client";
import { Steps } from "@/components/steps";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { useErrorText } from "@/components/ui/states";
import { toast } from "@/lib/toast";
import { body, CUSTOM, type Draft, draftOf, missing, stepOf } from "./candidacy-draft";
import { ElectionFields, RegistrationFields, ReportFields } from "./candidacy-fields";
import { type Calendar, type Candidacy, putProof, useLawAct } from "./queries";
import { useWords } from "./words";

interface Props {
  calendar: Calendar;
  /** Of the one that is changed; none: a new one. */
  candidacy?: Candidacy;
  onDone?: () => void;
}

/** Three short steps; what the server refuses opens the step it is in. */
export function CandidacyForm({ calendar, candidacy, onDone }: Props) {
  const w = useWords();
  const errorText = useErrorText();
  const first = candidacy ? 1 : 0; // which election it is for stays
  const [step, setStep] = useState(first);
  const [draft, setDraft] = useState<Draft>(() => draftOf(candidacy, calendar.known[0]?.id ?? CUSTOM));
  const [file, setFile] = useState<File | null>(null);
  const [faults, setFaults] = useState<Record<string, string>>({});
  const save = useLawAct(async (value: Draft) => {
    const saved = candidacy
      ? await http.patch(
          "/api/candidacies/{candidacy_id}",
          { ...body(value), version: candidacy.version },
          { path: { candidacy_id: candidacy.id } },
        )
      : await http.post("/api/candidacies", {
          ...body(value),
          ...(value.election === CUSTOM
            ? { electionDay: value.electionDay, electionKind: value.electionKind }
            : { election: value.election }),
        });
    if (file) {
      // The record stands by now: a paper that is refused must not make somebody enter it twice.
      await putProof({ id: saved.id, file }).catch(() => toast(w.form.fileFailed, { tone: "error" }));
    }
    return saved;
  });
  const set = (change: Partial<Draft>) => {
    setDraft({ ...draft, ...change });
    setFaults((now) =>
      Object.fromEntries(Object.entries(now).filter(([name]) => !Object.keys(change).includes(name))),
    );
  };
  const go = (to: number) => {
    const empty = missing(draft, step);
    setFaults(Object.fromEntries(empty.map((name) => [name, w.form.need])));
    if (empty.length > 0) return;
    if (to <= 2) return setStep(to);
    save.mutate(draft, {
      onSuccess: () => {
        toast(w.form.saved);
        onDone?.();
      },
      onError: (error) => {
        const fields = error instanceof ApiError ? error.fields : {};
        setFaults(fields);
        const where = Object.keys(fields).map(stepOf);
        if (where.length > 0) setStep(Math.max(first, Math.min(...where)));
        else toast(errorText(error), { tone: "error" });
      },
    });
  };
  const fields = { draft, set, faults, calendar };
  return (
    <form
      noValidate
      aria-label={candidacy ? w.form.title : w.form.label}
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        go(step + 1);
      }}
    >
      <Steps
        label={candidacy ? w.form.title : w.form.label}
        steps={w.form.steps.slice(first)}
        current={step - first}
        onGo={(index) => setStep(index + first)}
        className="overflow-x-auto text-xs"
      />
      {step === 0 && <ElectionFields {...fields} />}
      {step === 1 && <RegistrationFields {...fields} file={file} onFile={setFile} />}
      {step === 2 && <ReportFields {...fields} fixed={(candidacy?.broadcasts.length ?? 0) > 0} />}
      <div className="flex justify-end gap-2">
        {step > first && (
          <Button className="max-md:h-11" onClick={() => setStep(step - 1)}>
            {w.form.back}
          </Button>
        )}
        <Button type="submit" variant="primary" busy={save.isPending} className="max-md:h-11">
          {step < 2 ? w.form.next : w.form.save}
        </Button>
      </div>
    </form>
  );
}

export function CandidacyDialog({
  onClose,
  ...props
}: Required<Pick<Props, "calendar" | "candidacy">> & { onClose: () => void }) {
  const w = useWords();
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title={w.form.title}>
        <CandidacyForm {...props} onDone={onClose} />
      </DialogContent>
    </Dialog>
  );
}
