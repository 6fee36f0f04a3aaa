"use client";

import { Bot, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { http } from "@/api/client";
import type { TemplateLink } from "@/api/types";
import { PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { Segmented } from "@/components/ui/segmented";
import { Empty, Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { Link, useSearch } from "@/lib/router";
import { toast } from "@/lib/toast";
import { useMe } from "../session/queries";
import { type LogFilters, useAct, useLinks, usePartitions } from "./queries";
import { RuleRow } from "./rule-row";
import { useWords } from "./words";

// With the form, the preview and the back-test in it: fetched when a rule is opened.
const TemplateLinkDialog = dynamic(() => import("./template-link-dialog").then((m) => m.TemplateLinkDialog), {
  ssr: false,
});

// Below and beside what the page is for; drawn a moment later.
const AutomationRail = dynamic(() => import("./automation-rail").then((m) => m.AutomationRail), {
  ssr: false,
});
const SwitchOn = dynamic(() => import("./switch-on").then((m) => m.SwitchOn), { ssr: false });
const LogList = dynamic(() => import("./log-list").then((m) => m.LogList), { ssr: false });

const COLUMNS = ["sent", "delivered", "clicked", "stopped", "waiting", "failed"] as const;
const VIEWS = ["all", "on", "look"] as const;
type View = (typeof VIEWS)[number];

function needsLook(link: TemplateLink): boolean {
  return (
    (link.figures?.failed ?? 0) > 0 ||
    link.trouble !== "" ||
    (link.isActive && link.templateState !== "approved")
  );
}

/** Rules as sentences, failing ones first; what goes out next; what went out. */
export function AutomationsPage() {
  const t = useWords();
  const errorText = useErrorText();
  const links = useLinks();
  const partitions = usePartitions();
  const [search, setSearch] = useSearch();
  const [view, setView] = useState<View>("all");
  const [switching, setSwitching] = useState<TemplateLink | null>(null);
  const [removing, setRemoving] = useState<TemplateLink | null>(null);
  const [filters, setFilters] = useState<LogFilters>({ triggerType: "", status: "", linkId: "", reason: "" });
  const may = useMe().data?.permissions ?? [];
  const mayWrite = may.includes("automation.write");
  const mayRun = may.includes("automation.run");
  useTitle(t.title);
  const off = useAct((link: TemplateLink) =>
    http.patch("/api/alimtalk/template-links/{link_id}", { isActive: false }, { path: { link_id: link.id } }),
  );
  const approve = useAct((link: TemplateLink) =>
    http.post("/api/alimtalk/template-links/{link_id}/approve", undefined, {
      path: { link_id: link.id },
      query: { version: link.version },
    }),
  );
  const remove = useAct((link: TemplateLink) =>
    http.delete("/api/alimtalk/template-links/{link_id}", { path: { link_id: link.id } }),
  );
  const all = links.data ?? [];
  const shown = all
    .filter((one) => view === "all" || (view === "on" ? one.isActive : needsLook(one)))
    .sort((a, b) => Number(needsLook(b)) - Number(needsLook(a)));
  const open = search.get("open");
  const opened = open === "new" ? null : (all.find((one) => one.id === open) ?? null);
  const tables = (partitions.data ?? []).filter((one) => one.fields.some((field) => field.isPhone));
  const failed = (error: unknown) => toast(errorText(error), { tone: "error" });
  return (
    <>
      <PageHeader
        title={t.title}
        meta={
          links.data && (
            <span className="text-muted-foreground">
              {t.count(all.length, all.filter((one) => one.isActive).length)}
            </span>
          )
        }
        actions={
          mayWrite &&
          tables.length > 0 && (
            <Button variant="primary" className="max-md:h-11" onClick={() => setSearch({ open: "new" })}>
              <Plus aria-hidden />
              {t.new}
            </Button>
          )
        }
      />
      <div className="flex min-h-0 flex-1 max-lg:flex-col max-lg:overflow-y-auto">
        <div className="thin-scroll min-w-0 flex-1 overflow-y-auto max-lg:overflow-visible">
          {links.isError || partitions.isError ? (
            <Failure
              title={t.loadFailed}
              error={links.error ?? partitions.error}
              onRetry={() => {
                void links.refetch();
                void partitions.refetch();
              }}
            />
          ) : !links.data || !partitions.data ? (
            <div aria-hidden className="flex flex-col gap-4 p-5">
              <Skeleton className="h-12 w-full" />
              <Skeleton className="h-12 w-full" />
            </div>
          ) : all.length === 0 ? (
            <Empty
              icon={Bot}
              title={tables.length ? t.emptyTitle : t.needTable}
              actions={
                tables.length === 0 ? (
                  <Button asChild variant="primary">
                    <Link href="/records">{t.toRecords}</Link>
                  </Button>
                ) : (
                  mayWrite && (
                    <Button variant="primary" onClick={() => setSearch({ open: "new" })}>
                      {t.new}
                    </Button>
                  )
                )
              }
            >
              {t.emptyHint}
            </Empty>
          ) : (
            <>
              <div className="border-b px-5 py-2.5">
                <Segmented
                  label={t.filter}
                  value={view}
                  onChange={setView}
                  options={VIEWS.map((value) => ({ value, label: t.filters[value] }))}
                />
              </div>
              <div className="overflow-x-auto">
                <table className="w-full">
                  <thead>
                    <tr className="border-b text-left text-xs text-muted-foreground">
                      <th colSpan={2} className="py-1.5 pl-5 font-medium">
                        {t.columns.rule}
                      </th>
                      {COLUMNS.map((one) => (
                        <th key={one} className="px-3 py-1.5 text-right font-medium whitespace-nowrap">
                          {t.columns[one]}
                        </th>
                      ))}
                      <td />
                    </tr>
                  </thead>
                  <tbody>
                    {shown.map((link) => (
                      <RuleRow
                        key={link.id}
                        link={link}
                        partition={partitions.data.find((one) => one.id === link.partitionId)}
                        mayWrite={mayWrite}
                        onOpen={() => setSearch({ open: link.id })}
                        onSwitch={(on) =>
                          on
                            ? setSwitching(link)
                            : off.mutate(link, { onSuccess: () => toast(t.switchedOff), onError: failed })
                        }
                        onApprove={
                          may.includes("campaigns.approve")
                            ? () =>
                                approve.mutate(link, { onSuccess: () => toast(t.approved), onError: failed })
                            : undefined
                        }
                        onRemove={() => setRemoving(link)}
                        onLog={() => setFilters((old) => ({ ...old, linkId: link.id }))}
                      />
                    ))}
                  </tbody>
                </table>
              </div>
              <LogList
                filters={filters}
                onFilter={(changes) => setFilters((old) => ({ ...old, ...changes }))}
                mayRun={mayRun}
                mayExport={may.includes("exports.run")}
              />
            </>
          )}
        </div>
        {all.length > 0 && <AutomationRail mayRun={mayRun} />}
      </div>
      {(open === "new" || opened) && tables.length > 0 && links.data && (
        <TemplateLinkDialog
          key={open}
          link={opened}
          partitions={tables}
          onClose={() => setSearch({ open: null })}
        />
      )}
      {switching && <SwitchOn link={switching} onClose={() => setSwitching(null)} />}
      {removing && (
        <Confirm
          open
          onOpenChange={() => setRemoving(null)}
          title={t.removeTitle}
          action={t.remove}
          danger
          busy={remove.isPending}
          onConfirm={() =>
            remove.mutate(removing, {
              onSuccess: () => {
                toast(t.removed);
                setRemoving(null);
              },
              onError: failed,
            })
          }
        >
          {t.removeHint(removing.figures?.waiting ?? 0)}
        </Confirm>
      )}
    </>
  );
}
