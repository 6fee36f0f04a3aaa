"use client";

import { useState } from "react";
import { http } from "@/api/client";
import { Dialog, DialogContent, FormFoot } from "@/components/ui/dialog";
import { Field, Input, Select, Textarea } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { koreanInput } from "@/lib/format";
import { useT } from "@/lib/i18n";
import { PurposeField, RULED } from "./purpose-field";
import { usePersonChange } from "./view-queries";
import { useViewWords } from "./view-words";

const CHANNELS = ["sms", "alimtalk", "kakao", "brand", "email"];
type State = "granted" | "withdrawn";

/** A statement of the person about one channel and purpose, with what proves it. Nothing is ever changed, only added. */
export function ConsentDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT();
  const w = useViewWords();
  const [state, setState] = useState<State>("granted");
  const [channel, setChannel] = useState("sms");
  const [purpose, setPurpose] = useState(RULED[0] ?? "");
  const [opened] = useState(() => koreanInput(new Date()));
  const [at, setAt] = useState(opened);
  const [evidence, setEvidence] = useState("");
  const [tried, setTried] = useState(false);
  // Left as it is, it is now, to the second: a minute would put it before what happened just then.
  const said = at === opened ? new Date().toISOString() : `${at}:00+09:00`;
  const record = usePersonChange(
    id,
    () =>
      http.post(
        "/api/contacts/{contact_id}/consents",
        { channel, purpose: purpose.trim(), state, at: said, evidence: evidence.trim() },
        { path: { contact_id: id } },
      ),
    w.recorded,
  );
  const faults = {
    purpose: purpose.trim() ? undefined : w.needPurpose,
    evidence: state === "withdrawn" || evidence.trim() ? undefined : w.needEvidence,
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={w.consentTitle}
        footer={
          <FormFoot form="consent" busy={record.isPending}>
            {w.noteSave}
          </FormFoot>
        }
      >
        <form
          id="consent"
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            setTried(true);
            if (!faults.purpose && !faults.evidence) record.mutate(undefined, { onSuccess: onClose });
          }}
        >
          <Segmented
            label={w.state}
            value={state}
            onChange={setState}
            options={[
              { value: "granted", label: w.grant },
              { value: "withdrawn", label: w.withdraw },
            ]}
          />
          <div className="grid gap-4 md:grid-cols-2">
            <Field label={w.channel}>
              <Select value={channel} onChange={(event) => setChannel(event.target.value)}>
                {CHANNELS.map((one) => (
                  <option key={one} value={one}>
                    {t.contacts.channels[one] ?? one}
                  </option>
                ))}
              </Select>
            </Field>
            <Field label={w.when}>
              <Input type="datetime-local" value={at} onChange={(event) => setAt(event.target.value)} />
            </Field>
          </div>
          <PurposeField value={purpose} onChange={setPurpose} error={tried ? faults.purpose : undefined} />
          <Field label={w.evidence} hint={w.evidenceHint} error={tried ? faults.evidence : undefined}>
            <Textarea rows={2} value={evidence} onChange={(event) => setEvidence(event.target.value)} />
          </Field>
        </form>
      </DialogContent>
    </Dialog>
  );
}
