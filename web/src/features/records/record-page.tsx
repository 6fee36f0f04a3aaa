"use client";

import dynamic from "next/dynamic";
import { PageHeader } from "@/components/shell/page-header";
import { Failure, Skeleton } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { useNavigate, useRecordId } from "@/lib/router";
import { usePartitions } from "../automations/queries";
import { useMe } from "../session/queries";
import { useRecord } from "./queries";
import { titleOf } from "./values";
import { useWords } from "./words";

const RecordDetail = dynamic(() => import("./record-detail").then((m) => m.RecordDetail), { ssr: false });

/** A record at an address of its own, to be sent to a colleague: what the drawer shows, with the way back to its table. */
export function RecordPage() {
  const t = useWords();
  const id = useRecordId();
  const { to } = useNavigate();
  const record = useRecord(id);
  const partitions = usePartitions();
  const may = useMe().data?.permissions ?? [];
  const partition = partitions.data?.find((one) => one.id === record.data?.partitionId);
  useTitle(t.record);
  const table = partition ? `/records?table=${partition.id}` : "/records";
  return (
    <>
      <PageHeader
        title={partition && record.data ? titleOf(record.data, partition, t) : t.record}
        trail={[{ href: table, label: partition?.name ?? t.title }]}
      />
      <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
        {record.isError || partitions.isError ? (
          <Failure
            title={t.loadFailed}
            error={record.error ?? partitions.error}
            onRetry={() => {
              void record.refetch();
              void partitions.refetch();
            }}
          />
        ) : partition && record.data ? (
          <div className="max-w-3xl">
            <RecordDetail
              key={record.data.version}
              partition={partition}
              record={record.data}
              mayRun={may.includes("automation.run")}
              onSaved={() => undefined}
              onGone={() => to(table)}
            />
          </div>
        ) : (
          <div aria-hidden className="p-5">
            <Skeleton className="h-24 w-full" />
          </div>
        )}
      </div>
    </>
  );
}
