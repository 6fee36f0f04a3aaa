"use client";

import { Layers } from "lucide-react";
import { useState } from "react";
import { OptionList } from "@/components/filter-chip";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { useWorkWords } from "../contacts/work-words";
import { useSegments } from "../segments/queries";

/** A saved segment as the audience, beside the chips. */
export function SegmentChoice({ onSegment }: { onSegment: (id: string) => void }) {
  const w = useWorkWords();
  const [open, setOpen] = useState(false);
  const segments = useSegments().data ?? [];
  if (segments.length === 0) return null;
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger className="press inline-flex h-7 shrink-0 items-center gap-1.5 rounded-md border border-dashed border-border-strong px-2 text-xs font-medium text-muted-foreground hover:text-foreground max-md:h-9">
        <Layers aria-hidden className="size-3.5" />
        {w.segment}
      </PopoverTrigger>
      <PopoverContent aria-label={w.segment} className="w-60 overflow-hidden">
        <OptionList
          label={w.segment}
          placeholder={w.segmentFind}
          options={segments.map((one) => ({ value: one.id, label: one.name }))}
          value={[]}
          onChoose={(id) => {
            setOpen(false);
            onSegment(id);
          }}
          searchable
        />
      </PopoverContent>
    </Popover>
  );
}
