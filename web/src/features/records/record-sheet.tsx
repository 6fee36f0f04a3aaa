"use client";

import type { DataRecord, Partition } from "@/api/types";
import { Dialog, SheetContent } from "@/components/ui/dialog";
import { Link } from "@/lib/router";
import { RecordDetail } from "./record-detail";
import { titleOf } from "./values";
import { useWords } from "./words";

interface Props {
  partition: Partition;
  /** Null: a new one. */
  record: DataRecord | null;
  mayRun: boolean;
  onClose: () => void;
}

export function RecordSheet({ partition, record, mayRun, onClose }: Props) {
  const t = useWords();
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <SheetContent title={record ? titleOf(record, partition, t) : t.newRecord}>
        {record && (
          <p className="border-b px-5 py-2 text-sm">
            <Link
              href={`/records/${partition.id}/${record.id}`}
              className="text-muted-foreground underline hover:text-foreground"
            >
              {t.ownPage}
            </Link>
          </p>
        )}
        <RecordDetail
          partition={partition}
          record={record}
          mayRun={mayRun}
          onSaved={onClose}
          onGone={onClose}
        />
      </SheetContent>
    </Dialog>
  );
}
