"use client";

import { MessageCircle, Repeat, UserRound } from "lucide-react";
import type { Template } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Field, Input, Select } from "@/components/ui/field";
import { Switch } from "@/components/ui/switch";
import { ConditionRow } from "./condition-row";
import { useWords } from "./dialog-words";
import { hasStop, mapped } from "./form";
import { AsWritten, type PartProps, Step } from "./step";

interface WhatProps extends PartProps {
  templates: Template[];
  states: Record<string, string>;
  empty: Record<string, number>;
}

export function WhatPart({ form, set, partition, errors, templates, states, empty }: WhatProps) {
  const t = useWords();
  const chosen = templates.find((one) => one.id === form.templateId);
  return (
    <Step icon={MessageCircle} title={t.dialog.what}>
      <Field
        label={t.dialog.template}
        error={errors.templateId}
        hint={t.dialog.classNote}
        aside={
          chosen && (
            <Badge tone={chosen.state === "approved" ? "success" : "warning"}>
              {states[chosen.state] ?? chosen.state}
            </Badge>
          )
        }
      >
        <Select
          value={form.templateId}
          onChange={(event) => {
            const next = templates.find((one) => one.id === event.target.value);
            set({
              templateId: event.target.value,
              mappings: next ? mapped(next, partition, {}) : {},
              name: form.name || (next?.name ?? ""),
            });
          }}
        >
          <option value="">{t.dialog.pickTemplate}</option>
          {templates.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </Select>
      </Field>
      {chosen && chosen.variables.length > 0 && (
        <div className="overflow-x-auto rounded-md border">
          <table className="w-full text-sm">
            <thead>
              <tr className="border-b text-left text-xs text-muted-foreground">
                <th className="px-3 py-1.5 font-medium">{t.dialog.variable}</th>
                <th className="px-2 py-1.5 font-medium">{t.dialog.from}</th>
                <th className="px-2 py-1.5 font-medium">{t.dialog.fallbackValue}</th>
                <th className="px-3 py-1.5 text-right font-medium">{t.dialog.empty}</th>
              </tr>
            </thead>
            <tbody>
              {chosen.variables.map((name) => {
                const held = form.mappings[name] ?? { field: "", default: "" };
                const put = (changes: Partial<typeof held>) =>
                  set({ mappings: { ...form.mappings, [name]: { ...held, ...changes } } });
                const missing = empty[name] ?? 0;
                return (
                  <tr key={name} className="border-b last:border-b-0">
                    <td className="px-3 py-1 whitespace-nowrap text-brand-fg">{`#{${name}}`}</td>
                    <td className="px-2 py-1">
                      <Select
                        aria-label={`${name} ${t.dialog.from}`}
                        aria-invalid={Boolean(errors[`variableMappings.${name}`]) || undefined}
                        value={held.field}
                        onChange={(event) => put({ field: event.target.value })}
                      >
                        <option value="">{t.dialog.fixed}</option>
                        {partition.fields
                          .filter((one) => one.type !== "user")
                          .map((one) => (
                            <option key={one.key} value={one.key}>
                              {one.label}
                            </option>
                          ))}
                      </Select>
                    </td>
                    <td className="px-2 py-1">
                      <Input
                        aria-label={`${name} ${t.dialog.fallbackValue}`}
                        value={held.default}
                        onChange={(event) => put({ default: event.target.value })}
                      />
                    </td>
                    <td className="tabular px-3 py-1 text-right whitespace-nowrap">
                      {missing ? (
                        <span className="text-destructive">{t.dialog.emptyOf(String(missing))}</span>
                      ) : (
                        "–"
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {Object.entries(errors)
        .filter(([path]) => path.startsWith("variableMappings"))
        .map(([path, message]) => (
          <p key={path} role="alert" className="text-xs text-destructive">
            {`#{${path.slice("variableMappings.".length)}} ${message}`}
          </p>
        ))}
    </Step>
  );
}

export function WhoPart({ form, set, partition, errors }: PartProps) {
  const t = useWords();
  return (
    <Step icon={UserRound} title={t.dialog.who}>
      <div className="flex flex-wrap items-end gap-3">
        <Field label={t.dialog.recipient} error={errors.recipientField} className="min-w-48 flex-1">
          <Select
            value={form.recipientField}
            onChange={(event) => set({ recipientField: event.target.value })}
          >
            {partition.fields
              .filter((one) => one.isPhone)
              .map((one) => (
                <option key={one.key} value={one.key}>
                  {one.label}
                </option>
              ))}
          </Select>
        </Field>
        <Field label={t.dialog.cooldown} error={errors.cooldownHours} className="flex-1">
          <span className="flex items-center gap-2">
            <Input
              inputMode="numeric"
              value={form.cooldownHours}
              onChange={(event) => set({ cooldownHours: event.target.value })}
              className="w-16 text-center"
            />
            <span className="text-xs text-muted-foreground">{t.dialog.cooldownUnit}</span>
          </span>
        </Field>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Switch
          aria-label={t.dialog.window}
          checked={form.night}
          onCheckedChange={(night) => set({ night })}
        />
        <span>{t.dialog.window}</span>
        {form.night && (
          <span className="flex items-center gap-1">
            {(["from", "until"] as const).map((end) => (
              <Input
                key={end}
                type="time"
                aria-label={end === "from" ? t.dialog.windowFrom : t.dialog.windowUntil}
                aria-invalid={Boolean(errors["window.until"]) || undefined}
                value={form.hours[end]}
                onChange={(event) => set({ hours: { ...form.hours, [end]: event.target.value } })}
                className="w-28"
              />
            ))}
          </span>
        )}
        <span className="text-xs text-muted-foreground">{errors["window.until"] ?? t.dialog.windowHint}</span>
      </div>
      {form.triggerType !== "manual" && (
        <div className="flex flex-wrap items-center gap-2">
          <Switch
            aria-label={t.dialog.late}
            checked={form.notAfter !== ""}
            onCheckedChange={(late) => set({ notAfter: late ? "24" : "" })}
          />
          <span>{t.dialog.late}</span>
          {form.notAfter !== "" && (
            <>
              <Input
                aria-label={t.dialog.lateHours}
                inputMode="decimal"
                value={form.notAfter}
                onChange={(event) => set({ notAfter: event.target.value || "0" })}
                className="w-16 text-center"
              />
              <span className="min-w-48 flex-1 text-xs text-muted-foreground">{t.dialog.lateHint}</span>
            </>
          )}
        </div>
      )}
    </Step>
  );
}

export function RepeatPart({ form, set, partition, errors }: PartProps) {
  const t = useWords();
  const missing = form.repeats && !hasStop(form);
  return (
    <Step icon={Repeat} title={t.dialog.repeat} on={form.repeats} onSwitch={(repeats) => set({ repeats })}>
      {form.repeats && (
        <div className="flex flex-col gap-2.5 rounded-md border p-2.5">
          <div className="flex flex-wrap items-center gap-2">
            <Input
              aria-label={t.dialog.interval}
              inputMode="numeric"
              value={form.intervalHours}
              onChange={(event) => set({ intervalHours: event.target.value })}
              className="w-16 text-center"
            />
            {t.dialog.every}
            <Input
              aria-label={t.dialog.most}
              inputMode="numeric"
              value={form.maxRepeat}
              onChange={(event) => set({ maxRepeat: event.target.value })}
              className="w-14 text-center"
            />
            {t.dialog.times}
          </div>
          <div className="flex flex-wrap items-center gap-2">
            <span className="w-20 shrink-0 font-medium">{t.dialog.stop}</span>
            {form.stopNested ? (
              <AsWritten condition={form.stopNested} onStartOver={() => set({ stopNested: null })} />
            ) : (
              <ConditionRow
                row={form.stop}
                fields={partition.fields}
                label={t.dialog.stop}
                onChange={(stop) => set({ stop })}
                stop
              />
            )}
          </div>
          {(missing || errors["repeatConfig.intervalHours"] || errors["repeatConfig.maxRepeat"]) && (
            <p role="alert" className="text-xs text-destructive">
              {missing
                ? t.dialog.stopNeeded
                : (errors["repeatConfig.intervalHours"] ?? errors["repeatConfig.maxRepeat"])}
            </p>
          )}
          <p className="text-xs text-muted-foreground">{t.dialog.repeatHint}</p>
        </div>
      )}
    </Step>
  );
}
