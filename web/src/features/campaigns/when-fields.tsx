"use client";

import { useId } from "react";
import { Field, Input } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { Switch } from "@/components/ui/switch";
import { useT } from "@/lib/i18n";
import type { Draft, SendWindow } from "./draft";
import { windowFault } from "./draft-rules";
import { NightSwitch } from "./night-switch";
import { WindowLine } from "./window-line";

interface Props {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  later: boolean;
  onLater: (later: boolean) => void;
  /** The time chosen is over. */
  past: boolean;
}

/** When it starts, and in which hours of the day it may go out. */
export function WhenFields({ draft, onChange, later, onLater, past }: Props) {
  const t = useT();
  return (
    <>
      <h2 className="mb-3 font-medium">{t.composer.when}</h2>
      <Segmented
        label={t.composer.when}
        value={later ? "later" : "now"}
        onChange={(value) => {
          onLater(value === "later");
          if (value === "now") onChange({ scheduleAt: "" });
        }}
        options={[
          { value: "now", label: t.composer.now },
          { value: "later", label: t.composer.later },
        ]}
      />
      {later && (
        <Field
          label={t.composer.laterAt}
          error={past ? t.composer.laterPast : undefined}
          className="mt-4 max-w-72"
        >
          <Input
            type="datetime-local"
            value={draft.scheduleAt}
            onChange={(e) => onChange({ scheduleAt: e.target.value })}
          />
        </Field>
      )}
      <Hours draft={draft} onChange={onChange} />
      <NightSwitch draft={draft} onChange={onChange} />
    </>
  );
}

/** What most camps mean by "not at night": what the switch starts with. */
const BY_DAY: SendWindow = { from: "09:00", until: "20:00" };

function Hours({ draft, onChange }: Pick<Props, "draft" | "onChange">) {
  const t = useT();
  const id = useId();
  const hours = draft.window;
  const fault = windowFault(draft, t);
  return (
    <div className="mt-4 flex items-start gap-3 border-t pt-4">
      <Switch
        id={id}
        aria-describedby={`${id}-hint`}
        checked={hours !== null}
        onCheckedChange={(on) => onChange({ window: on ? BY_DAY : null })}
        className="mt-0.5"
      />
      <div className="min-w-0 flex-1">
        <label htmlFor={id} className="font-medium">
          {t.composer.windowOn}
        </label>
        <p id={`${id}-hint`} className="text-xs text-muted-foreground">
          {t.composer.windowHint}
        </p>
        {hours && (
          <>
            <div className="mt-3 grid max-w-96 grid-cols-2 gap-3 max-sm:grid-cols-1">
              <Field label={t.composer.windowFrom}>
                <Input
                  type="time"
                  value={hours.from}
                  onChange={(e) => onChange({ window: { ...hours, from: e.target.value } })}
                />
              </Field>
              <Field label={t.composer.windowUntil} error={fault}>
                <Input
                  type="time"
                  value={hours.until}
                  onChange={(e) => onChange({ window: { ...hours, until: e.target.value } })}
                />
              </Field>
            </div>
            {!fault && <WindowLine hours={hours} className="mt-3" />}
          </>
        )}
      </div>
    </div>
  );
}
