"use client";

import { Plus, Table2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { http } from "@/api/client";
import { PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { Input, Select } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { Empty, Failure, NoMatch, Skeleton, useErrorText } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { useFormat } from "@/lib/i18n";
import { useSearch } from "@/lib/router";
import { toast } from "@/lib/toast";
import { usePartitions } from "../automations/queries";
import { useMe } from "../session/queries";
import { useRecord, useRecordAct, useRecords } from "./queries";
import { RecordsBoard } from "./records-board";
import { RecordsTable } from "./records-table";
import { useWords } from "./words";

// Each is fetched when it is opened.
const PartitionDialog = dynamic(() => import("./partition-dialog").then((m) => m.PartitionDialog), {
  ssr: false,
});
const RecordSheet = dynamic(() => import("./record-sheet").then((m) => m.RecordSheet), { ssr: false });
const ImportDialog = dynamic(() => import("./import-dialog").then((m) => m.ImportDialog), { ssr: false });
const SendDialog = dynamic(() => import("./send-dialog").then((m) => m.SendDialog), { ssr: false });

const BOARD_LIMIT = 300;

/** One table at a time, as rows or as a board by its state; one record in a drawer. */
export function RecordsPage() {
  const t = useWords();
  const f = useFormat();
  const errorText = useErrorText();
  const [search, setSearch] = useSearch();
  const partitions = usePartitions();
  const [q, setQ] = useState("");
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const [asking, setAsking] = useState<"table" | "fields" | "send" | "remove" | "import" | null>(null);
  const may = useMe().data?.permissions ?? [];
  const tables = partitions.data ?? [];
  const partition = tables.find((one) => one.id === search.get("table")) ?? tables[0] ?? null;
  const board = search.get("view") === "board" && Boolean(partition?.boardField);
  const records = useRecords(partition?.id ?? null, q, board ? BOARD_LIMIT : 50);
  const items = records.data?.pages.flatMap((page) => page.items) ?? [];
  const total = records.data?.pages[0]?.total;
  const open = search.get("open");
  const listed = items.find((one) => one.id === open);
  const fetched = useRecord(open && open !== "new" && !listed ? open : null).data;
  const record = listed ?? fetched ?? null;
  const remove = useRecordAct((ids: string[]) => http.post("/api/records/delete", { ids }));
  useTitle(t.title);
  const close = () => setSearch({ open: null });
  return (
    <>
      <PageHeader
        title={t.title}
        meta={
          total && (
            <span className="text-muted-foreground">
              {t.total(f.num(total.value), total.relation === "gte")}
            </span>
          )
        }
        actions={
          <>
            {may.includes("partitions.manage") && (
              <Button onClick={() => setAsking("table")} className="max-md:h-11">
                {t.newTable}
              </Button>
            )}
            {partition && may.includes("partitions.manage") && (
              <Button onClick={() => setAsking("fields")} className="max-md:hidden">
                {t.table.edit}
              </Button>
            )}
            {partition && may.includes("exports.run") && (
              <Button asChild className="max-md:hidden">
                <a href={`/api/partitions/${partition.id}/records.xlsx`} download>
                  {t.exporting}
                </a>
              </Button>
            )}
            {partition && may.includes("imports.run") && (
              <Button onClick={() => setAsking("import")} className="max-md:h-11">
                {t.importing.open}
              </Button>
            )}
            {partition && may.includes("records.write") && (
              <Button variant="primary" onClick={() => setSearch({ open: "new" })} className="max-md:h-11">
                <Plus aria-hidden />
                {t.newRecord}
              </Button>
            )}
          </>
        }
      />
      {partitions.isError ? (
        <Failure title={t.loadFailed} error={partitions.error} onRetry={() => void partitions.refetch()} />
      ) : !partitions.data ? (
        <div aria-hidden className="p-5">
          <Skeleton className="h-10 w-full" />
        </div>
      ) : !partition ? (
        <Empty
          icon={Table2}
          title={t.noTables}
          actions={
            may.includes("partitions.manage") && (
              <Button variant="primary" onClick={() => setAsking("table")}>
                {t.newTable}
              </Button>
            )
          }
        >
          {t.noTablesHint}
        </Empty>
      ) : (
        <>
          <div className="flex flex-wrap items-center gap-2 border-b px-5 py-2.5">
            <div className="w-44">
              <Select
                aria-label={t.tables}
                value={partition.id}
                onChange={(event) => {
                  setChosen(new Set());
                  setSearch({ table: event.target.value, open: null });
                }}
              >
                {tables.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.name}
                  </option>
                ))}
              </Select>
            </div>
            {partition.boardField && (
              <Segmented
                label={t.view}
                value={board ? "board" : "table"}
                onChange={(view) => setSearch({ view: view === "board" ? view : null })}
                options={["table", "board"].map((value) => ({ value, label: t.views[value] }))}
              />
            )}
            <div className="min-w-48 flex-1 md:max-w-72">
              <Input
                type="search"
                aria-label={t.search}
                placeholder={t.search}
                value={q}
                onChange={(event) => setQ(event.target.value)}
              />
            </div>
            {chosen.size > 0 && (
              <div
                role="toolbar"
                aria-label={t.selected(chosen.size)}
                className="ml-auto flex items-center gap-2"
              >
                <span>{t.selected(chosen.size)}</span>
                {may.includes("automation.run") && (
                  <Button variant="primary" onClick={() => setAsking("send")}>
                    {t.send}
                  </Button>
                )}
                {may.includes("records.write") && (
                  <Button onClick={() => setAsking("remove")}>{t.remove}</Button>
                )}
                <Button variant="ghost" onClick={() => setChosen(new Set())}>
                  {t.clear}
                </Button>
              </div>
            )}
          </div>
          <div className="thin-scroll flex min-h-0 flex-1 flex-col overflow-y-auto">
            {records.isError ? (
              <Failure title={t.loadFailed} error={records.error} onRetry={() => void records.refetch()} />
            ) : !records.data ? (
              <div aria-hidden className="p-5">
                <Skeleton className="h-24 w-full" />
              </div>
            ) : items.length === 0 && q ? (
              <NoMatch onClear={() => setQ("")} />
            ) : items.length === 0 ? (
              <Empty icon={Table2} title={t.empty}>
                {t.emptyHint}
              </Empty>
            ) : board ? (
              <RecordsBoard
                partition={partition}
                records={items}
                onOpen={(one) => setSearch({ open: one.id })}
              />
            ) : (
              <RecordsTable
                partition={partition}
                records={items}
                chosen={chosen}
                onChoose={setChosen}
                onOpen={(one) => setSearch({ open: one.id })}
              />
            )}
            {records.hasNextPage && (
              <Button
                className="m-5 self-start"
                busy={records.isFetchingNextPage}
                onClick={() => void records.fetchNextPage()}
              >
                {t.more}
              </Button>
            )}
          </div>
        </>
      )}
      {partition && (open === "new" || record) && (
        <RecordSheet
          key={open}
          partition={tables.find((one) => one.id === record?.partitionId) ?? partition}
          record={open === "new" ? null : record}
          mayRun={may.includes("automation.run")}
          onClose={close}
        />
      )}
      {(asking === "table" || (asking === "fields" && partition)) && (
        <PartitionDialog
          partition={asking === "fields" ? partition : null}
          onClose={() => setAsking(null)}
          onMade={(made) => {
            setAsking(null);
            setSearch({ table: made.id });
          }}
        />
      )}
      {asking === "import" && partition && (
        <ImportDialog partition={partition} onClose={() => setAsking(null)} />
      )}
      {asking === "send" && partition && (
        <SendDialog
          partition={partition}
          ids={[...chosen]}
          onClose={(sent) => {
            setAsking(null);
            if (sent) setChosen(new Set());
          }}
        />
      )}
      {asking === "remove" && (
        <Confirm
          open
          onOpenChange={() => setAsking(null)}
          title={t.removeTitle(chosen.size)}
          action={t.remove}
          danger
          busy={remove.isPending}
          onConfirm={() =>
            remove.mutate([...chosen], {
              onSuccess: (said) => {
                toast(t.removed(said.deleted));
                setChosen(new Set());
                setAsking(null);
              },
              onError: (error) => toast(errorText(error), { tone: "error" }),
            })
          }
        >
          {t.removeHint}
        </Confirm>
      )}
    </>
  );
}
