"use client";

import { useId, useState } from "react";
import { Dialog, DialogContent, FormFoot } from "@/components/ui/dialog";
import { Field, Input, Textarea } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { Rich, useFormat, useT } from "@/lib/i18n";
import { freeTag } from "../campaigns/links";
import { useReasonText } from "../campaigns/reasons";
import { type Text, type TextsChange, useChangeTexts, useResultWords } from "./queries";

interface Props {
  campaignId: string;
  text: Replaced;
  taken: string[];
  /** Of the campaign: the channel of each, in their order. */
  channels: string[];
  onClose: () => void;
}

/** What goes out now, by text step in their order. */
export type Replaced = Pick<Text, "key" | "name" | "share" | "bodies">;

/** Two steps on purpose: what nobody has checked over those left goes out to nobody. */
export function ReplaceDialog({ campaignId, text, taken, channels, onClose }: Props) {
  const w = useResultWords();
  const form = useId();
  const errorText = useErrorText();
  const t = useT();
  // Places of the steps that have words of their own; a Kakao template's are everybody's.
  const places = channels.flatMap((channel, at) => (channel === "alimtalk" ? [] : [at]));
  const [bodies, setBodies] = useState(places.map((_, at) => text.bodies[at] ?? ""));
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
      steps: channels.map((_, at) => {
        const body = bodies[places.indexOf(at)];
        return body?.trim() ? { body } : null;
      }),
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
            if (bodies.some((body, at) => body.trim() !== (text.bodies[at] ?? "").trim())) submit();
          }}
        >
          <Field label={w.newName} id={`${form}-name`}>
            <Input maxLength={60} value={name} onChange={(event) => edit(setName)(event.target.value)} />
          </Field>
          {places.map((place, at) => (
            <Field
              key={place}
              label={channels.length > 1 ? w.newTextOf(place + 1) : w.newText}
              id={`${form}-body-${place}`}
            >
              <Textarea
                rows={places.length > 1 ? 3 : 5}
                maxLength={4000}
                value={bodies[at]}
                onChange={(event) =>
                  edit((body) => setBodies((before) => before.map((one, no) => (no === at ? body : one))))(
                    event.target.value,
                  )
                }
              />
            </Field>
          ))}
          {channels.length > 1 && <p className="text-xs text-muted-foreground">{w.replaceFurther}</p>}
          <div aria-live="polite">
            {check && (
              <>
                <p>
                  <Rich text={w.checked(check.people, sendable, check.bytes.min, check.bytes.max)} />
                </p>
                <ul className="mt-1 flex flex-col gap-1 text-xs empty:hidden">
                  {check.steps.length > 1 &&
                    check.steps.map((one, at) => (
                      <li
                        // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the order
                        key={at}
                      >
                        {w.stepWeighs(
                          at + 1,
                          t.contacts.channels[one.channel] ?? one.channel,
                          one.bytes.min,
                          one.bytes.max,
                        )}
                        {one.excluded
                          .filter(() => at > 0)
                          .map((left) => ` ${w.leftOut(reason(left.reason, left.label), f.num(left.count))}`)}
                      </li>
                    ))}
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
