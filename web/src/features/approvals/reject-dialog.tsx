"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent } from "@/components/ui/dialog";
import { Field, Textarea } from "@/components/ui/field";
import { cn } from "@/lib/utils";
import { useWords } from "./queries";

interface Props {
  asker: string;
  busy: boolean;
  onClose: () => void;
  onReject: (reason: string) => void;
}

/** A word about what to change; a topic is one tap on a phone. */
export function RejectDialog({ asker, busy, onClose, onReject }: Props) {
  const w = useWords();
  const [topic, setTopic] = useState("");
  const [typed, setTyped] = useState("");
  const [tried, setTried] = useState(false);
  const reason = [topic, typed.trim()].filter(Boolean).join(": ");
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={w.rejectTitle}
        description={w.rejectText(asker)}
        footer={
          <>
            <DialogClose asChild>
              <Button className="max-md:h-12 max-md:flex-1">{w.close}</Button>
            </DialogClose>
            <Button
              variant="danger"
              busy={busy}
              onClick={() => (reason ? onReject(reason) : setTried(true))}
              className="max-md:h-12 max-md:flex-1"
            >
              {w.reject}
            </Button>
          </>
        }
      >
        <div className="mb-3 flex flex-wrap gap-2">
          {w.topics.map((one) => (
            <Button
              key={one}
              size="sm"
              aria-pressed={topic === one}
              onClick={() => setTopic(topic === one ? "" : one)}
              className={cn("rounded-full max-md:h-11", topic === one && "border-brand text-brand-fg")}
            >
              {one}
            </Button>
          ))}
        </div>
        <Field label={w.rejectReason} error={tried && !reason ? w.rejectNeed : undefined}>
          <Textarea value={typed} maxLength={400} onChange={(event) => setTyped(event.target.value)} />
        </Field>
      </DialogContent>
    </Dialog>
  );
}
