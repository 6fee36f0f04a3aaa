"use client";

import { useState } from "react";
import { ApiError, http } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field, Input, Select, Textarea } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { Switch } from "@/components/ui/switch";
import { toast } from "@/lib/toast";
import { OwnPage } from "./own-page";
import { type LawProfile, useLawAct } from "./queries";
import { useWords } from "./words";

const listed = (text: string) =>
  text
    .split(/[,\n]/)
    .map((one) => one.trim())
    .filter(Boolean);

type Text = "advertSender" | "advertContact" | "advertRefusal" | "certificate" | "kakaoApproval";

/** Written whole: what this kind of organisation doesn't see goes back as it came. */
export function ProfileDialog({
  profile,
  camp,
  onClose,
}: {
  profile: LawProfile;
  camp: boolean;
  onClose: () => void;
}) {
  const w = useWords();
  const p = w.profile;
  const errorText = useErrorText();
  const [draft, setDraft] = useState(profile);
  const [names, setNames] = useState((profile.names ?? []).join(", "));
  const [rivals, setRivals] = useState((profile.rivals ?? []).join(", "));
  const [areas, setAreas] = useState((profile.areas ?? []).join(", "));
  const save = useLawAct((value: LawProfile) => http.put("/api/law/profile", value));
  // A list's own entry is named `names.0`: the message belongs under the list.
  const faults = Object.fromEntries(
    Object.entries(save.error instanceof ApiError ? save.error.fields : {}).map(([name, said]) => [
      name.split(".")[0],
      said,
    ]),
  );
  const set = (change: Partial<LawProfile>) => setDraft({ ...draft, ...change });
  const text = (name: Text, label: string, hint?: string) => (
    <Field label={label} hint={hint} error={faults[name]}>
      <Input
        value={draft[name] ?? ""}
        maxLength={name === "advertRefusal" ? 200 : name === "advertContact" ? 20 : 100}
        autoComplete="off"
        onChange={(event) => set({ [name]: event.target.value })}
      />
    </Field>
  );
  const flag = (name: "sitting" | "party", label: string, hint: string) => (
    <div className="flex items-center gap-3">
      <Switch
        id={`law-${name}`}
        checked={draft[name] ?? false}
        onCheckedChange={(to) => set({ [name]: to })}
      />
      <label htmlFor={`law-${name}`} className="min-w-0">
        <span className="block font-medium">{label}</span>
        <span className="block text-xs text-muted-foreground">{hint}</span>
      </label>
    </div>
  );
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={p.title}
        footer={
          <Button
            variant="primary"
            type="submit"
            form="law-profile-form"
            busy={save.isPending}
            className="max-md:h-12 max-md:flex-1"
          >
            {w.form.save}
          </Button>
        }
      >
        <form
          id="law-profile-form"
          noValidate
          className="flex flex-col gap-4 pt-1"
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate(
              { ...draft, names: listed(names), rivals: listed(rivals), areas: listed(areas) },
              {
                onSuccess: () => {
                  toast(p.saved);
                  onClose();
                },
                onError: (error) => {
                  const said = error instanceof ApiError && Object.keys(error.fields).length > 0;
                  if (!said) toast(errorText(error), { tone: "error" });
                },
              },
            );
          }}
        >
          {camp ? (
            <>
              {flag("sitting", p.sitting, p.sittingHint)}
              {draft.sitting && (
                <Field label={p.areas} hint={p.areasHint} error={faults.areas}>
                  <Textarea value={areas} onChange={(event) => setAreas(event.target.value)} />
                </Field>
              )}
              {flag("party", p.party, p.partyHint)}
              <Field label={p.names} hint={p.namesHint} error={faults.names}>
                <Textarea value={names} onChange={(event) => setNames(event.target.value)} />
              </Field>
              <Field label={p.rivals} hint={p.rivalsHint} error={faults.rivals}>
                <Textarea value={rivals} onChange={(event) => setRivals(event.target.value)} />
              </Field>
              <div className="grid grid-cols-2 gap-3 max-md:grid-cols-1">
                <Field label={p.electionDay} hint={p.electionHint} error={faults.electionDay}>
                  <Input
                    type="date"
                    value={draft.electionDay ?? ""}
                    onChange={(event) => set({ electionDay: event.target.value || null })}
                  />
                </Field>
                <Field label={p.office} error={faults.office}>
                  <Select
                    value={draft.office ?? ""}
                    onChange={(event) =>
                      set({ office: (event.target.value || null) as LawProfile["office"] })
                    }
                  >
                    <option value="">–</option>
                    {Object.entries(w.form.offices).map(([id, label]) => (
                      <option key={id} value={id}>
                        {label}
                      </option>
                    ))}
                  </Select>
                </Field>
              </div>
              {text("kakaoApproval", p.kakao, p.kakaoHint)}
            </>
          ) : (
            <>
              {text("advertSender", p.adSender)}
              {text("advertContact", p.adContact)}
              {text("advertRefusal", p.adRefusal, p.adRefusalHint)}
              <OwnPage onPick={(advertRefusal) => set({ advertRefusal })} />
              {text("certificate", p.certificate, p.certificateHint)}
              <Field label={p.certificateUntil} error={faults.certificateUntil}>
                <Input
                  type="date"
                  value={draft.certificateUntil ?? ""}
                  onChange={(event) => set({ certificateUntil: event.target.value || null })}
                />
              </Field>
            </>
          )}
        </form>
      </DialogContent>
    </Dialog>
  );
}
