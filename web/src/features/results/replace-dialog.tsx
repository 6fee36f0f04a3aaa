"use client";

import { useId, useState } from "react";
import { Dialog, DialogContent, FormFoot } from "@/components/ui/dialog";
import { Field, Input, Textarea } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { Rich } from "@/lib/i18n";
import { freeTag } from "../campaigns/links";
import { type Text, type TextsChange, useChangeTexts, useResultWords } from "./queries";

interface Props {
  campaignId: string;
  text: Text;
  taken: string[];
  onClose: () => void;
}

/** Two steps on purpose: what nobody has checked over those left goes out to nobody. */
export function ReplaceDialog({ campaignId, text, taken, onClose }: Props) {
  const w = useResultWords();
  const form = useId();
  const errorText = useErrorText();
  const [body, setBody] = useState(text.body);
  const [name, setName] = useState("");
  const change = useChangeTexts(campaignId);
  const check = change.data?.check;
  const wish: TextsChange = {
    action: "replace",
    keys: [text.key],
    variant: {
      key: freeTag(taken),
      name: name.trim(),
      share: Math.max(1, text.share),
      steps: [{ body }],
    },
  };
  const submit = () =>
    change.mutate(check ? { ...wish, digest: check.digest } : wish, {
      onSuccess: (answer) => answer.applied && onClose(),
    });
  const edit = (set: (value: string) => void) => (value: string) => {
    change.reset(); // another text needs another check
    set(value);
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={w.replaceTitle(text.name || text.key)}
        description={w.replaceText}
        footer={
          <FormFoot form={form} busy={change.isPending}>
            {check ? w.sendNew : w.checkRest}
          </FormFoot>
        }
      >
        <form
          id={form}
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (body.trim() !== "") submit();
          }}
        >
          <Field label={w.newName} id={`${form}-name`}>
            <Input maxLength={60} value={name} onChange={(event) => edit(setName)(event.target.value)} />
          </Field>
          <Field label={w.newText} id={`${form}-body`}>
            <Textarea
              rows={5}
              maxLength={4000}
              value={body}
              onChange={(event) => edit(setBody)(event.target.value)}
            />
          </Field>
          <div aria-live="polite">
            {check && (
              <p>
                <Rich text={w.checked(check.people, check.bytes.min, check.bytes.max)} />
              </p>
            )}
          </div>
          {change.isError && (
            <p role="alert" className="text-destructive">
              {errorText(change.error)}
            </p>
          )}
        </form>
      </DialogContent>
    </Dialog>
  );
}
