"use client";

import { CornerDownRight, type LucideIcon, MessageCircle, Plus, Repeat, UserRound, Zap } from "lucide-react";
import type { ReactNode } from "react";
import type { Partition, Template } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Field, Input, Select, Textarea } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { Switch } from "@/components/ui/switch";
import { ConditionRow } from "./condition-row";
import { type Form, hasStop, mapped } from "./form";
import { useWords } from "./words";

export interface PartProps {
  form: Form;
  set: (changes: Partial<Form>) => void;
  partition: Partition;
  errors: Record<string, string>;
}

interface StepProps {
  icon: LucideIcon;
  title: string;
  on?: boolean;
  onSwitch?: (on: boolean) => void;
  children?: ReactNode;
}

function Step({ icon: Icon, title, on, onSwitch, children }: StepProps) {
  return (
    <section aria-label={title} className="flex gap-3">
      <span
        aria-hidden
        className="flex size-6 shrink-0 items-center justify-center rounded-md border bg-muted"
      >
        <Icon className="size-3.5" />
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-2.5 pb-1">
        <div className="flex min-h-6 items-center">
          <h3 className="font-semibold">{title}</h3>
          {onSwitch && (
            <Switch aria-label={title} checked={on} onCheckedChange={onSwitch} className="ml-auto" />
          )}
        </div>
        {children}
      </div>
    </section>
  );
}

export function WhenPart({ form, set, partition, errors }: PartProps) {
  const t = useWords();
  const change = (at: number, row: Form["rows"][number]) =>
    set({ rows: form.rows.map((one, n) => (n === at ? row : one)) });
  const wrong = Object.entries(errors).find(([path]) => path.startsWith("triggerCondition"))?.[1];
  return (
    <Step icon={Zap} title={t.dialog.when}>
      <Segmented
        label={t.dialog.trigger}
        value={form.triggerType}
        onChange={(triggerType) => set({ triggerType })}
        options={(["manual", "on_create", "on_update"] as const).map((value) => ({
          value,
          label: t.triggers[value],
        }))}
        className="self-start"
      />
      {form.triggerType === "manual" ? (
        <p className="text-xs text-muted-foreground">{t.dialog.manualHint}</p>
      ) : form.nested ? (
        <pre className="thin-scroll overflow-x-auto rounded-md bg-muted p-2 text-xs">
          {JSON.stringify(form.nested, null, 1)}
        </pre>
      ) : (
        <div className="flex flex-col gap-2 rounded-md border p-2.5">
          {form.rows.map((row, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name, and are changed in place
            <div key={n} className="flex items-start gap-2 max-md:flex-col">
              {n === 1 ? (
                <div className="w-20 shrink-0">
                  <Select
                    aria-label={t.dialog.join}
                    value={form.join}
                    onChange={(event) => set({ join: event.target.value as "all" })}
                  >
                    <option value="all">{t.joins.all}</option>
                    <option value="any">{t.joins.any}</option>
                  </Select>
                </div>
              ) : (
                form.rows.length > 1 && (
                  <span className="w-20 shrink-0 py-2 text-xs text-muted-foreground">
                    {n > 1 && t.joins[form.join]}
                  </span>
                )
              )}
              <ConditionRow
                row={row}
                fields={partition.fields}
                label={`${n + 1}`}
                onChange={(next) => change(n, next)}
                onDrop={() => set({ rows: form.rows.filter((_, at) => at !== n) })}
                dropLabel={t.dialog.drop(n + 1)}
              />
            </div>
          ))}
          {form.rows.length === 0 && <p className="text-xs text-warning">{t.dialog.always}</p>}
          <Button
            type="button"
            variant="ghost"
            size="sm"
            className="self-start"
            onClick={() => set({ rows: [...form.rows, { field: "", operator: "eq", value: "" }] })}
          >
            <Plus aria-hidden />
            {t.dialog.add}
          </Button>
        </div>
      )}
      {form.triggerType === "on_update" && (
        <p className="text-xs text-muted-foreground">{t.dialog.onUpdateHint}</p>
      )}
      {wrong && (
        <p role="alert" className="text-xs text-destructive">
          {wrong}
        </p>
      )}
    </Step>
  );
}

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
                        {partition.fields.map((one) => (
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
      <div className="flex items-center gap-2">
        <Switch
          aria-label={t.dialog.window}
          checked={form.night}
          onCheckedChange={(night) => set({ night })}
        />
        <span>{t.dialog.window}</span>
        <span className="text-xs text-muted-foreground">{t.dialog.windowHint}</span>
      </div>
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
            <ConditionRow
              row={form.stop}
              fields={partition.fields}
              label={t.dialog.stop}
              onChange={(stop) => set({ stop })}
              stop
            />
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

export function FallbackPart({ form, set, body }: PartProps & { body: string }) {
  const t = useWords();
  return (
    <Step
      icon={CornerDownRight}
      title={t.dialog.fallback}
      on={form.fallback}
      onSwitch={(fallback) => set({ fallback, fallbackBody: form.fallbackBody || body })}
    >
      {form.fallback && (
        <Field label={t.dialog.fallbackBody} hint={t.dialog.fallbackHint}>
          <Textarea
            value={form.fallbackBody}
            onChange={(event) => set({ fallbackBody: event.target.value })}
          />
        </Field>
      )}
    </Step>
  );
}
