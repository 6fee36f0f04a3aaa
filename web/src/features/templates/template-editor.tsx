"use client";

import dynamic from "next/dynamic";
import { useEffect, useRef, useState } from "react";
import { ApiError, type BodyOf, http } from "@/api/client";
import type { Template } from "@/api/types";
import { ByteMeter } from "@/components/byte-meter";
import { type EditorHandle, MessageEditor } from "@/components/message-editor";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import { toast } from "@/lib/toast";
import { useSenders } from "../campaigns/queries";
import { useWeight } from "../campaigns/use-weight";
import { changesOf, type Form, formOf, tidy } from "./form";
import { KakaoFields } from "./kakao-fields";
import { useFolders, useTemplateAct } from "./queries";
import { StaleCard } from "./stale-card";
import { TemplateHead } from "./template-head";
import { TemplatePreview } from "./template-preview";
import { VariableRules } from "./variable-rules";
import { useWords } from "./words";

const VersionsDialog = dynamic(() => import("./versions-dialog").then((m) => m.VersionsDialog), {
  ssr: false,
});

interface Props {
  /** Null: one that isn't stored yet. */
  template: Template | null;
  start: Form;
  onStored: (template: Template) => void;
  onGone: () => void;
}

/** One template: what it says, what stands in for values, what the carrier's reviewer says. */
export function TemplateEditor({ template, start, onStored, onGone }: Props) {
  const t = useWords();
  const all = useT();
  const errorText = useErrorText();
  const editor = useRef<EditorHandle>(null);
  const [form, setForm] = useState(start);
  const [before, setBefore] = useState(start);
  const [version, setVersion] = useState(template?.version ?? null);
  const [versions, setVersions] = useState(false);
  const kakao = form.channel === "alimtalk";
  const locked = template?.state === "submitted";
  const weight = useWeight(kakao ? "" : form.body);
  const senders = useSenders().data ?? [];
  const folders = useFolders().data ?? [];
  const changes = changesOf(before, form);
  const dirty = Object.keys(changes).length > 0;
  const change = (part: Partial<Form>) => setForm((was) => ({ ...was, ...part }));

  const save = useTemplateAct(async (over: number | null) => {
    if (!template) {
      const { senderId, ...said } = tidy(form);
      const body = { ...said, ...(senderId && { senderId }) };
      return http.post("/api/templates", body as unknown as BodyOf<"/api/templates", "post">, {
        idempotencyKey: crypto.randomUUID(),
      });
    }
    const { channel: _, senderId, ...said } = changes;
    const body = { ...said, ...(senderId && { senderId }), version: over ?? version };
    return http.patch(
      "/api/templates/{template_id}",
      body as unknown as BodyOf<"/api/templates/{template_id}", "patch">,
      { path: { template_id: template.id } },
    );
  });
  const stale = save.error instanceof ApiError && save.error.code === "stale_edit" ? save.error : null;
  const fields = save.error instanceof ApiError ? save.error.fields : {};
  const errorOf = (field: string) => fields[field];
  const adopt = (stored: Template) => {
    const now = formOf(stored);
    setForm(now);
    setBefore(now);
    setVersion(stored.version);
    onStored(stored);
  };
  const run = (over: number | null = null) =>
    save.mutate(over, {
      onSuccess: (stored) => {
        toast(t.saved);
        adopt(stored as Template);
      },
      onError: (error) => {
        if (error instanceof ApiError && (error.code === "stale_edit" || error.status === 422)) return;
        toast(t.saveFailed(errorText(error)), { tone: "error" });
      },
    });
  const theirs = async () => {
    if (!template) return;
    const found = await http.get("/api/templates/{template_id}", { path: { template_id: template.id } });
    save.reset();
    adopt(found);
  };
  useShortcuts([
    {
      combo: "mod+s",
      group: "campaign",
      typing: true,
      run: () => dirty && !save.isPending && run(),
    },
  ]);
  // Closing the window is the one way out that can't be asked about inside it.
  useEffect(() => {
    if (!dirty) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [dirty]);

  return (
    <div className="flex min-h-0 flex-1">
      <div className="thin-scroll min-w-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex w-full max-w-[680px] flex-col gap-5 px-6 pt-5 pb-10 max-md:px-4">
          {template && (
            <TemplateHead
              template={template}
              dirty={dirty}
              onChanged={adopt}
              onGone={onGone}
              onVersions={() => setVersions(true)}
            />
          )}
          {stale && <StaleCard error={stale} onMine={run} onTheirs={() => void theirs()} />}
          <div className="grid gap-4 md:grid-cols-[1fr_180px]">
            <Field label={t.name} error={errorOf("name")}>
              <Input
                maxLength={150}
                autoComplete="off"
                value={form.name}
                onChange={(event) => change({ name: event.target.value })}
              />
            </Field>
            <Field label={t.folder} hint={t.folderHint} error={errorOf("folder")}>
              <Input
                maxLength={40}
                list="template-folders"
                autoComplete="off"
                value={form.folder}
                onChange={(event) => change({ folder: event.target.value })}
              />
            </Field>
            <datalist id="template-folders">
              {folders
                .filter((one) => one.name)
                .map((one) => (
                  <option key={one.name} value={one.name} />
                ))}
            </datalist>
          </div>
          {form.channel === "lms" && (
            <Field label={t.subject} hint={t.subjectHint} error={errorOf("subject")}>
              <Input
                maxLength={40}
                value={form.subject}
                onChange={(event) => change({ subject: event.target.value })}
              />
            </Field>
          )}
          <div className="flex flex-col gap-2">
            <label htmlFor="template-body" className="font-medium">
              {t.body}
            </label>
            <MessageEditor
              ref={editor}
              id="template-body"
              label={t.body}
              value={form.body}
              onChange={(body) => !locked && change({ body })}
              placeholder={all.composer.bodyPlaceholder}
              invalid={Boolean(errorOf("body"))}
              describedBy={errorOf("body") ? "template-body-error" : undefined}
              foot={
                <>
                  {all.composer.variables.map((name) => (
                    <Button
                      key={name}
                      variant="soft"
                      size="sm"
                      disabled={locked}
                      aria-label={all.composer.insert(name)}
                      onClick={() => editor.current?.insert(`#{${name}}`)}
                    >
                      + {name}
                    </Button>
                  ))}
                  {!kakao && (
                    <span className="ml-auto">
                      <ByteMeter min={weight.min} max={weight.max} counted={weight.counted} />
                    </span>
                  )}
                </>
              }
            />
            {errorOf("body") && (
              <p id="template-body-error" role="alert" className="text-xs text-destructive">
                {errorOf("body")}
              </p>
            )}
          </div>
          {kakao && (
            <KakaoFields
              form={form}
              onChange={change}
              errorOf={errorOf}
              senders={senders.filter((one) => one.kind === "kakao")}
              locked={locked}
            />
          )}
          <VariableRules form={form} onChange={change} errorOf={errorOf} />
          <div className="flex items-center gap-3">
            <Button
              variant="primary"
              size="lg"
              busy={save.isPending}
              disabled={!dirty || !form.name.trim() || !form.body.trim()}
              onClick={() => run()}
              className="max-md:h-12 max-md:flex-1"
            >
              {t.save}
            </Button>
            {dirty && (
              <span role="status" className="text-xs text-muted-foreground">
                {t.unsaved}
              </span>
            )}
          </div>
        </div>
      </div>
      <aside
        aria-label={t.preview}
        className="thin-scroll w-[340px] shrink-0 overflow-y-auto border-l bg-background py-6 max-[1279px]:hidden"
      >
        <TemplatePreview form={form} sender={senders.find((one) => one.id === form.senderId)?.name ?? ""} />
      </aside>
      {versions && template && (
        <VersionsDialog
          template={template}
          onClose={() => setVersions(false)}
          onRestored={(restored) => {
            setVersions(false);
            adopt(restored);
          }}
        />
      )}
    </div>
  );
}
