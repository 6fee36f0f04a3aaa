"use client";

import { FileText, Plus, RefreshCw } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { http } from "@/api/client";
import type { Template } from "@/api/types";
import { PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/popover";
import { Empty, Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { useSearch } from "@/lib/router";
import { toast } from "@/lib/toast";
import { cn } from "@/lib/utils";
import { useSenders } from "../campaigns/queries";
import { useMe } from "../session/queries";
import { blank, type Form, formOf } from "./form";
import { useTemplate, useTemplateAct } from "./queries";
import { TemplateList } from "./template-list";
import { useWords } from "./words";

// With the table of characters, the editor and the phone in it: fetched when a template is opened.
const TemplateEditor = dynamic(() => import("./template-editor").then((m) => m.TemplateEditor), {
  ssr: false,
});

/** The list on the left, one template on the right; on a phone one after the other. */
export function TemplatesPage() {
  const t = useWords();
  const errorText = useErrorText();
  const [search, setSearch] = useSearch();
  const open = search.get("open");
  const begun = search.get("new");
  const one = useTemplate(open);
  const may = useMe().data?.permissions ?? [];
  const kakaoSender = useSenders().data?.find((s) => s.kind === "kakao" && s.state === "registered");
  // Counts what was begun: another new one is a form of its own.
  const [round, setRound] = useState(0);
  useTitle(t.title);
  const start = (channel: string) => {
    setRound((n) => n + 1);
    setSearch({ new: channel, open: null });
  };
  const show = (template: Template) => setSearch({ open: template.id, new: null });
  const close = () => setSearch({ open: null, new: null });
  const sync = useTemplateAct(() => http.post("/api/templates/sync", undefined));
  const busy = open !== null || begun !== null;
  const channel = begun === "alimtalk" ? "alimtalk" : "sms";
  const fresh: Form = blank(channel, channel === "alimtalk" ? (kakaoSender?.id ?? "") : "");

  return (
    <>
      <PageHeader
        title={t.title}
        actions={
          <>
            {may.includes("templates.submit") && (
              <Button
                busy={sync.isPending}
                aria-label={t.sync}
                onClick={() =>
                  sync.mutate(undefined, {
                    onSuccess: (said) =>
                      toast(
                        said.unreachable
                          ? t.unreachable(said.unreachable)
                          : t.synced(said.updated, said.added),
                      ),
                    onError: (error) => toast(errorText(error), { tone: "error" }),
                  })
                }
                className="max-md:size-11 max-md:px-0"
              >
                <RefreshCw aria-hidden />
                <span className="max-md:hidden">{t.sync}</span>
              </Button>
            )}
            <Menu>
              <MenuTrigger asChild>
                <Button variant="primary" className="max-md:h-11">
                  <Plus aria-hidden />
                  {t.new}
                </Button>
              </MenuTrigger>
              <MenuContent align="end">
                <MenuItem onSelect={() => start("sms")}>{t.newText}</MenuItem>
                <MenuItem onSelect={() => start("alimtalk")}>{t.newKakao}</MenuItem>
              </MenuContent>
            </Menu>
          </>
        }
      />
      <div className="flex min-h-0 flex-1">
        <div
          className={cn(
            "flex w-[320px] shrink-0 flex-col border-r max-md:w-full max-md:border-r-0",
            busy && "max-md:hidden",
          )}
        >
          <TemplateList open={open} onOpen={show} />
        </div>
        <div className={cn("flex min-w-0 flex-1 flex-col", !busy && "max-md:hidden")}>
          {busy && (
            <div className="border-b px-3 md:hidden">
              <Button variant="ghost" className="h-11" onClick={close}>
                {t.back}
              </Button>
            </div>
          )}
          {begun !== null ? (
            <TemplateEditor
              key={`new-${begun}-${round}`}
              template={null}
              start={fresh}
              onStored={show}
              onGone={close}
            />
          ) : open === null ? (
            <Empty icon={FileText} title={t.pick} className="my-auto" />
          ) : one.isError ? (
            <Failure title={t.loadFailed} error={one.error} onRetry={() => void one.refetch()} />
          ) : one.data ? (
            <TemplateEditor
              key={one.data.id}
              template={one.data}
              start={formOf(one.data)}
              onStored={show}
              onGone={close}
            />
          ) : (
            <div aria-hidden className="flex flex-col gap-4 p-6">
              <Skeleton className="h-6 w-56" />
              <Skeleton className="h-40 w-full" />
            </div>
          )}
        </div>
      </div>
    </>
  );
}
