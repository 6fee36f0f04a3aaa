"use client";

import { Archive, ArchiveRestore, Copy, Ellipsis, History, Send, ShieldCheck, Trash2 } from "lucide-react";
import { useState } from "react";
import { type BodyOf, http } from "@/api/client";
import type { Template } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/popover";
import { useErrorText } from "@/components/ui/states";
import { useNavigate } from "@/lib/router";
import { toast } from "@/lib/toast";
import { hasContent, loadDraft, saveDraft } from "../campaigns/draft";
import { useMe } from "../session/queries";
import { stepOf } from "./form";
import { useTemplateAct } from "./queries";
import { TemplateState } from "./template-state";
import { useWords } from "./words";

interface Props {
  template: Template;
  dirty: boolean;
  onChanged: (template: Template) => void;
  onGone: () => void;
  onVersions: () => void;
}

/** Where it stands, what the reviewer said, and what can be done with it. */
export function TemplateHead({ template, dirty, onChanged, onGone, onVersions }: Props) {
  const t = useWords();
  const { to } = useNavigate();
  const errorText = useErrorText();
  const may = useMe().data?.permissions ?? [];
  const [asking, setAsking] = useState<"remove" | "use" | null>(null);
  const path = { template_id: template.id };
  const kakao = template.channel === "alimtalk";
  const fail = (error: unknown) => toast(errorText(error), { tone: "error" });
  const act = useTemplateAct((run: () => Promise<unknown>) => run());
  const patch = (part: BodyOf<"/api/templates/{template_id}", "patch">) =>
    act.mutate(async () => onChanged(await http.patch("/api/templates/{template_id}", part, { path })), {
      onError: fail,
    });
  const submit = () => {
    if (!template.senderId) {
      toast(t.submitSender, { tone: "error" });
      return;
    }
    act.mutate(
      async () => {
        onChanged(await http.post("/api/templates/{template_id}/submit", undefined, { path }));
        toast(t.submitted);
      },
      { onError: fail },
    );
  };
  const use = () => {
    const local = loadDraft();
    // What was begun keeps its audience; a draft that the server holds is another campaign.
    const { id: _, version: __, ...begun } = local;
    saveDraft({ ...begun, id: null, next: [], mayOverlap: false, ...stepOf(template) });
    to("/campaigns/new");
  };
  const submittable = kakao && (template.state === "draft" || template.state === "rejected");
  return (
    <header className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Badge tone="outline">{t.channels[template.channel] ?? template.channel}</Badge>
        <TemplateState state={template.state} />
        <span className="text-xs text-muted-foreground">
          {t.version(template.version)} · {t.uses(template.uses ?? 0)}
        </span>
        <div className="ml-auto flex flex-wrap items-center gap-2">
          {submittable && may.includes("templates.submit") && (
            <Button disabled={dirty} busy={act.isPending} onClick={submit} className="max-md:h-11">
              <ShieldCheck aria-hidden />
              {t.submit}
            </Button>
          )}
          <Button
            disabled={dirty || template.state === "stopped" || template.state === "rejected"}
            onClick={() => (hasContent(loadDraft()) ? setAsking("use") : use())}
            className="max-md:h-11"
          >
            <Send aria-hidden />
            {t.use}
          </Button>
          <Menu>
            <MenuTrigger asChild>
              <Button size="icon" aria-label={t.more} className="max-md:size-11">
                <Ellipsis aria-hidden />
              </Button>
            </MenuTrigger>
            <MenuContent align="end">
              <MenuItem onSelect={onVersions}>
                <History aria-hidden />
                {t.versions}
              </MenuItem>
              <MenuItem
                onSelect={() =>
                  act.mutate(
                    async () =>
                      onChanged(
                        await http.post("/api/templates/{template_id}/duplicate", undefined, { path }),
                      ),
                    { onError: fail },
                  )
                }
              >
                <Copy aria-hidden />
                {t.duplicate}
              </MenuItem>
              {!kakao && (
                <MenuItem
                  onSelect={() => patch({ state: template.state === "stopped" ? "approved" : "stopped" })}
                >
                  {template.state === "stopped" ? t.resume : t.stop}
                </MenuItem>
              )}
              <MenuItem onSelect={() => patch({ archived: !template.archivedAt })}>
                {template.archivedAt ? <ArchiveRestore aria-hidden /> : <Archive aria-hidden />}
                {template.archivedAt ? t.unarchive : t.archive}
              </MenuItem>
              <MenuItem danger onSelect={() => setAsking("remove")}>
                <Trash2 aria-hidden />
                {t.remove}
              </MenuItem>
            </MenuContent>
          </Menu>
        </div>
      </div>
      {kakao && <p className="text-xs text-muted-foreground">{t.stateHints[template.state]}</p>}
      {template.comment && (
        <p className="rounded-md bg-warning-soft px-3 py-2">
          <span className="block text-xs text-muted-foreground">{t.reviewer}</span>
          {template.comment}
        </p>
      )}
      <Confirm
        open={asking !== null}
        onOpenChange={(open) => !open && setAsking(null)}
        title={asking === "use" ? t.useReplace : t.removeTitle}
        action={asking === "use" ? t.use : t.remove}
        danger={asking === "remove"}
        busy={act.isPending}
        onConfirm={() => {
          if (asking === "use") {
            use();
            return;
          }
          act.mutate(
            async () => {
              await http.delete("/api/templates/{template_id}", { path });
              toast(t.removed);
              onGone();
            },
            { onError: fail, onSettled: () => setAsking(null) },
          );
        }}
      >
        {asking === "use" ? t.useReplaceHint : t.removeHint}
      </Confirm>
    </header>
  );
}
