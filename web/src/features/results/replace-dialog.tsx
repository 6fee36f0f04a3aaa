"use client";

import { useId, useState } from "react";
import { Dialog, DialogContent, FormFoot } from "@/components/ui/dialog";
import { Field, Input, Textarea } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { Rich, useFormat } from "@/lib/i18n";
import { freeTag } from "../campaigns/links";
import { useReasonText } from "../campaigns/reasons";
import { type Text, type TextsChange, useChangeTexts, useResultWords } from "./queries";

interface Props {
  campaignId: string;
  text: Text;
  taken: string[];
  /** Of the campaign. */
  steps: number;
  onClose: () => void;
}

/** Two steps on purpose: what nobody has checked over those left goes out to nobody. */
export function ReplaceDialog({ campaignId, text, taken, steps, onClose }: Props) {
  const w = useResultWords();
  const form = useId();
  const errorText = useErrorText();
  const [body, setBody] = useState(text.body);
  const [name, setName] = useState("");
  const change = useChangeTexts(campaignId);
  const reason = useReasonText();
  const f = useFormat();
  const check = change.data?.check;
  const sendable = Object.values(check?.perChannel ?? {}).reduce((sum, n) => sum + n, 0);
  const said = (check?.verdicts ?? []).filter((one) => one.level !== "ok");
  const blocked = said.some((one) => one.level === "block") || (check && sendable === 0);
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
    change.mutate(check && !blocked ? { ...wish, digest: check.digest } : wish, {
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
            {check && !blocked ? w.sendNew : w.checkRest}
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
          {steps > 1 && <p className="text-xs text-muted-foreground">{w.replaceFirst}</p>}
          <div aria-live="polite">
            {check && (
              <>
                <p>
                  <Rich text={w.checked(check.people, sendable, check.bytes.min, check.bytes.max)} />
                </p>
                <ul className="mt-1 flex flex-col gap-1 text-xs empty:hidden">
                  {check.excluded.map((one) => (
                    <li key={one.reason}>{w.leftOut(reason(one.reason, one.label), f.num(one.count))}</li>
                  ))}
                  {said.map((one) => (
                    <li
                      key={`${one.rule}${one.message}`}
                      className={one.level === "block" ? "font-medium text-destructive" : undefined}
                    >
                      {[one.message, one.article].filter(Boolean).join(" · ")}
                    </li>
                  ))}
                </ul>
              </>
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
