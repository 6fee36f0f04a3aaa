"use client";

import { useRef, useState } from "react";
import { ApiError, http } from "@/api/client";
import type { Partition, TemplateLink } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Confirm, Dialog, DialogContent } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { Switch } from "@/components/ui/switch";
import { useDebounced } from "@/lib/hooks";
import { toast } from "@/lib/toast";
import { useWords as useTemplateWords } from "../templates/words";
import { RepeatPart, WhatPart, WhoPart } from "./dialog-parts";
import { DialogRail } from "./dialog-rail";
import { useWords } from "./dialog-words";
import { FallbackPart } from "./fallback-part";
import { blank, bodyOf, type Form, formOf, hasStop, sentenceOf } from "./form";
import { useAct, useKakaoTemplates, usePreview } from "./queries";
import { Sentence } from "./sentence";
import { WhenPart } from "./when-part";

interface Props {
  link: TemplateLink | null;
  partitions: Partition[];
  onClose: () => void;
}

/** One rule: the sentence on top follows every change below. Ctrl/Cmd+Enter saves. */
export function TemplateLinkDialog({ link, partitions, onClose }: Props) {
  const t = useWords();
  const states = useTemplateWords().states;
  const errorText = useErrorText();
  const first = partitions.find((one) => one.id === link?.partitionId) ?? (partitions[0] as Partition);
  const [form, setForm] = useState<Form>(() => (link ? formOf(link, first) : blank(first)));
  const begun = useRef(JSON.stringify(form));
  const [leaving, setLeaving] = useState(false);
  const templates = useKakaoTemplates().data ?? [];
  const partition = partitions.find((one) => one.id === form.partitionId) ?? first;
  const chosen = templates.find((one) => one.id === form.templateId);
  const body = bodyOf(form, partition);
  // A repeat without its end isn't asked about: the server would only refuse it.
  const asked = form.repeats && !hasStop(form) ? { ...body, repeatConfig: null } : body;
  const [recordId, setRecordId] = useState<string | null>(null);
  const found = usePreview({ ...asked, recordId });
  const save = useAct(() => {
    if (!link) return http.post("/api/alimtalk/template-links", body);
    const { partitionId: _, ...changes } = body;
    return http.patch(
      "/api/alimtalk/template-links/{link_id}",
      { ...changes, version: link.version },
      { path: { link_id: link.id } },
    );
  });
  const errors = save.error instanceof ApiError ? save.error.fields : {};
  const general = save.error && Object.keys(errors).length === 0 ? errorText(save.error) : "";
  const sentence = sentenceOf(form, partition, chosen?.name ?? "", t);
  const announced = useDebounced(sentence, 600);
  const locked = !form.templateId || (form.repeats && form.triggerType !== "manual" && !hasStop(form));
  const set = (changes: Partial<Form>) => {
    setForm((old) => ({ ...old, ...changes }));
    if (save.isError) save.reset();
  };
  const submit = () => {
    if (locked || save.isPending) return;
    save.mutate(undefined, {
      onSuccess: () => {
        toast(t.dialog.saved);
        onClose();
      },
    });
  };
  const leave = () => (JSON.stringify(form) === begun.current ? onClose() : setLeaving(true));
  const part = { form, set, partition, errors };
  return (
    <Dialog open onOpenChange={(open) => !open && leave()}>
      <DialogContent
        title={link ? t.dialog.edit : t.dialog.create}
        description={t.dialog.description}
        className="md:w-[min(1120px,calc(100vw-32px))]"
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
        }}
        footer={
          <>
            {general && (
              <p role="alert" className="mr-auto self-center text-destructive">
                {general}
              </p>
            )}
            <Button className="max-md:h-12 max-md:flex-1" onClick={leave}>
              {t.dialog.cancel}
            </Button>
            <Button
              variant="primary"
              busy={save.isPending}
              disabled={locked}
              onClick={submit}
              className="max-md:h-12 max-md:flex-1"
            >
              {t.dialog.save}
            </Button>
          </>
        }
      >
        <p className="sticky top-0 z-10 -mx-5 mb-4 border-y bg-muted px-5 py-3 text-base leading-7">
          <Sentence text={sentence} chips />
          <span aria-live="polite" className="sr-only">
            {announced.replaceAll(/[{}]/g, "")}
          </span>
        </p>
        <div className="grid gap-6 md:grid-cols-[minmax(0,1fr)_340px]">
          <div className="flex flex-col gap-5">
            <div className="flex flex-wrap items-end gap-3">
              <Field label={t.dialog.name} error={errors.name} className="min-w-48 flex-1">
                <Input
                  value={form.name}
                  maxLength={80}
                  placeholder={t.dialog.namePlaceholder}
                  onChange={(event) => set({ name: event.target.value })}
                />
              </Field>
              <Field label={t.dialog.table} className="min-w-40">
                <Select
                  value={form.partitionId}
                  disabled={link !== null}
                  onChange={(event) => {
                    const next = partitions.find((one) => one.id === event.target.value);
                    if (next) {
                      setForm(blank(next));
                      setRecordId(null);
                    }
                  }}
                >
                  {partitions.map((one) => (
                    <option key={one.id} value={one.id}>
                      {one.name}
                    </option>
                  ))}
                </Select>
              </Field>
              <span className="flex h-9 items-center gap-2">
                {t.dialog.active}
                <Switch
                  aria-label={t.dialog.active}
                  checked={form.isActive}
                  onCheckedChange={(isActive) => set({ isActive })}
                />
              </span>
            </div>
            <WhenPart {...part} />
            <WhatPart {...part} templates={templates} states={states} empty={found.data?.empty ?? {}} />
            <WhoPart {...part} />
            {form.triggerType !== "manual" && <RepeatPart {...part} />}
            <FallbackPart {...part} body={chosen?.body ?? ""} />
          </div>
          <DialogRail body={asked} found={found} recordId={recordId} onRecord={setRecordId} />
        </div>
        <Confirm
          open={leaving}
          onOpenChange={setLeaving}
          title={t.dialog.discard}
          action={t.dialog.discardDo}
          onConfirm={onClose}
          danger
        >
          {t.dialog.discardHint}
        </Confirm>
      </DialogContent>
    </Dialog>
  );
}
