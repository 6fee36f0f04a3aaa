"use client";

import { Field, Input, Select } from "@/components/ui/field";
import { useFormat } from "@/lib/i18n";
import { CUSTOM, type Draft } from "./candidacy-draft";
import { OwnPage } from "./own-page";
import type { Calendar } from "./queries";
import { useWords } from "./words";

interface Props {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  /** Messages by field. */
  faults: Record<string, string>;
  calendar: Calendar;
}

export function ElectionFields({ draft, set, faults, calendar }: Props) {
  const w = useWords();
  const f = useFormat();
  const known = calendar.known.find((one) => one.id === draft.election);
  const offices = known
    ? known.offices
    : Object.keys(w.form.offices).map((id) => ({ id: id as Draft["office"], opening: null }));
  const opening = known?.offices.find((one) => one.id === draft.office)?.opening;
  return (
    <>
      <Field label={w.form.election} error={faults.election}>
        <Select
          value={draft.election}
          onChange={(event) => set({ election: event.target.value, office: "" })}
        >
          {calendar.known.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name} · {f.date(one.day, true)}
            </option>
          ))}
          <option value={CUSTOM}>{w.form.custom}</option>
        </Select>
      </Field>
      {!known && (
        <div className="grid grid-cols-2 gap-3 max-md:grid-cols-1">
          <Field label={w.form.day} error={faults.electionDay}>
            <Input
              type="date"
              value={draft.electionDay}
              onChange={(event) => set({ electionDay: event.target.value })}
            />
          </Field>
          <Field label={w.form.kind} error={faults.electionKind}>
            <Select
              value={draft.electionKind}
              onChange={(event) => set({ electionKind: event.target.value as Draft["electionKind"] })}
            >
              {Object.entries(w.form.kinds).map(([id, label]) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
        </div>
      )}
      <Field
        label={w.form.office}
        error={faults.office}
        hint={opening ? w.form.opening(f.date(opening, true)) : undefined}
      >
        <Select
          value={draft.office}
          onChange={(event) => set({ office: event.target.value as Draft["office"] })}
        >
          <option value="">{w.form.pick}</option>
          {offices.map((one) => (
            <option key={one.id} value={one.id}>
              {w.form.offices[one.id] ?? one.id}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={w.form.district} error={faults.district} hint={w.form.districtHint}>
        <Input
          value={draft.district}
          maxLength={100}
          onChange={(event) => set({ district: event.target.value })}
        />
      </Field>
    </>
  );
}

export function RegistrationFields({
  draft,
  set,
  faults,
  file,
  onFile,
}: Props & { file: File | null; onFile: (file: File | null) => void }) {
  const w = useWords();
  return (
    <>
      <Field label={w.form.name} error={faults.name}>
        <Input
          value={draft.name}
          maxLength={60}
          autoComplete="off"
          onChange={(event) => set({ name: event.target.value })}
        />
      </Field>
      <div className="grid grid-cols-2 gap-3 max-md:grid-cols-1">
        <Field label={w.form.status} error={faults.status}>
          <Select
            value={draft.status}
            onChange={(event) => set({ status: event.target.value as Draft["status"] })}
          >
            {Object.entries(w.card.statuses).map(([id, label]) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={w.form.registered} error={faults.registeredAt}>
          <Input
            type="date"
            value={draft.registeredAt}
            onChange={(event) => set({ registeredAt: event.target.value })}
          />
        </Field>
      </div>
      <Field label={w.form.proof} error={faults.proof} hint={w.form.proofHint}>
        <Input value={draft.proof} maxLength={100} onChange={(event) => set({ proof: event.target.value })} />
      </Field>
      <Field label={w.form.file} hint={file ? file.name : w.form.fileHint}>
        <Input
          type="file"
          accept="application/pdf,image/png,image/jpeg"
          className="py-1.5 text-xs"
          onChange={(event) => onFile(event.target.files?.[0] ?? null)}
        />
      </Field>
    </>
  );
}

/** `fixed`: a broadcast went out from the number, and the law wants one number only. */
export function ReportFields({ draft, set, faults, fixed }: Props & { fixed: boolean }) {
  const w = useWords();
  return (
    <>
      <Field label={w.form.number} error={faults.reportedNumber} hint={w.form.numberHint}>
        <Input
          inputMode="tel"
          autoComplete="off"
          value={draft.reportedNumber}
          disabled={fixed}
          maxLength={20}
          onChange={(event) => set({ reportedNumber: event.target.value })}
        />
      </Field>
      <div className="grid grid-cols-2 gap-3 max-md:grid-cols-1">
        <Field label={w.form.reportedAt} error={faults.reportedAt}>
          <Input
            type="datetime-local"
            value={draft.reportedAt}
            onChange={(event) => set({ reportedAt: event.target.value })}
          />
        </Field>
        <Field label={w.form.receipt} error={faults.receipt}>
          <Input
            value={draft.receipt}
            maxLength={100}
            onChange={(event) => set({ receipt: event.target.value })}
          />
        </Field>
      </div>
      <Field label={w.form.refusal} error={faults.refusal} hint={w.form.refusalHint}>
        <Input
          value={draft.refusal}
          maxLength={200}
          autoComplete="off"
          onChange={(event) => set({ refusal: event.target.value })}
        />
      </Field>
      <OwnPage onPick={(refusal) => set({ refusal })} />
    </>
  );
}
