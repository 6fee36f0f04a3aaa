"use client";

import { Confirm } from "@/components/ui/dialog";
import { useErrorText } from "@/components/ui/states";
import { toast } from "@/lib/toast";
import { type Segment, useDropSegment, useUses } from "./queries";
import { useWords } from "./words";

interface Props {
  segment: Pick<Segment, "id" | "name">;
  onClose: () => void;
  onDropped?: () => void;
}

/** What uses it is named before, not after. */
export function DropSegment({ segment, onClose, onDropped }: Props) {
  const w = useWords();
  const errorText = useErrorText();
  const uses = useUses(segment.id);
  const drop = useDropSegment();
  const used = uses ? w.usedBy(uses.campaigns.length, uses.segments.length) : "";
  return (
    <Confirm
      open
      onOpenChange={(open) => !open && onClose()}
      title={w.deleteTitle(segment.name)}
      action={w.deleteAction}
      danger
      busy={drop.isPending || uses === undefined}
      onConfirm={() =>
        drop.mutate(segment.id, {
          onSuccess: () => {
            toast(w.deleted(segment.name));
            onClose();
            onDropped?.();
          },
        })
      }
    >
      <p>{used ? w.deleteUsed(used) : w.deleteText}</p>
      {uses && (uses.campaigns.length > 0 || uses.segments.length > 0) && (
        <ul className="mt-2 list-disc pl-5 text-foreground">
          {[...uses.campaigns, ...uses.segments].slice(0, 8).map((one) => (
            <li key={one.id}>{one.name}</li>
          ))}
        </ul>
      )}
      {drop.isError && (
        <p role="alert" className="mt-2 text-destructive">
          {errorText(drop.error)}
        </p>
      )}
    </Confirm>
  );
}
