"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent } from "@/components/ui/dialog";
import { Failure, Skeleton } from "@/components/ui/states";
import { useDebounced } from "@/lib/hooks";
import { useT } from "@/lib/i18n";
import type { Filter } from "../contacts/filter";
import { useWorkWords } from "../contacts/work-words";
import { Conditions } from "./conditions";
import { totalText } from "./count";
import { useCounts, useFields } from "./queries";
import { fromFilter, toFilter } from "./tree";
import { useWords } from "./words";

interface Props {
  filter: Filter;
  onFilter: (filter: Filter) => void;
  onKeep: (filter: Filter) => void;
  onClose: () => void;
}

/** The builder over the list: every field, groups in groups, and how many they leave. */
export function FilterDialog({ filter, onFilter, onKeep, onClose }: Props) {
  const t = useT();
  const w = useWorkWords();
  const s = useWords();
  const { fields, query } = useFields();
  const [root, setRoot] = useState(() => fromFilter(filter));
  const now = toFilter(root, fields);
  const [count] = useCounts([useDebounced(now, 250)]);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={w.filterTitle}
        description={w.filterHint}
        className="md:w-[min(840px,calc(100vw-32px))]"
        footer={
          <>
            {Object.keys(now).length > 0 && (
              <Button variant="ghost" onClick={() => onKeep(now)} className="mr-auto max-md:h-12">
                {w.keep}
              </Button>
            )}
            <DialogClose asChild>
              <Button className="max-md:h-12 max-md:flex-1">{t.common.cancel}</Button>
            </DialogClose>
            <Button
              variant="primary"
              aria-busy={count?.isFetching}
              disabled={fields.size === 0}
              onClick={() => onFilter(now)}
              className="max-md:h-12 max-md:flex-1"
            >
              {count?.data ? w.show(totalText(count.data, s)) : w.showAny}
            </Button>
          </>
        }
      >
        {query.isError ? (
          <Failure compact error={query.error} onRetry={() => void query.refetch()} />
        ) : fields.size === 0 ? (
          <Skeleton className="h-24 rounded-lg" />
        ) : (
          <Conditions modal root={root} fields={fields} onRoot={setRoot} />
        )}
      </DialogContent>
    </Dialog>
  );
}
