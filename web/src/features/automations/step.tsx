"use client";

import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { Partition } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Switch } from "@/components/ui/switch";
import { useWords } from "./dialog-words";
import type { Form } from "./form";

export interface PartProps {
  form: Form;
  set: (changes: Partial<Form>) => void;
  partition: Partition;
  errors: Record<string, string>;
}

interface StepProps {
  icon: LucideIcon;
  title: string;
  on?: boolean;
  onSwitch?: (on: boolean) => void;
  children?: ReactNode;
}

export function Step({ icon: Icon, title, on, onSwitch, children }: StepProps) {
  return (
    <section aria-label={title} className="flex gap-3">
      <span
        aria-hidden
        className="flex size-6 shrink-0 items-center justify-center rounded-md border bg-muted"
      >
        <Icon className="size-3.5" />
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-2.5 pb-1">
        <div className="flex min-h-6 items-center">
          <h3 className="font-semibold">{title}</h3>
          {onSwitch && (
            <Switch aria-label={title} checked={on} onCheckedChange={onSwitch} className="ml-auto" />
          )}
        </div>
        {children}
      </div>
    </section>
  );
}

/** A condition that this dialog has no controls for ("not", a deeper end): kept word by word until somebody begins anew. */
export function AsWritten({
  condition,
  onStartOver,
}: {
  condition: Record<string, unknown>;
  onStartOver: () => void;
}) {
  const t = useWords();
  return (
    <div className="flex min-w-0 flex-1 flex-col items-start gap-2">
      <pre className="thin-scroll max-w-full overflow-x-auto rounded-md bg-muted p-2 text-xs">
        {JSON.stringify(condition, null, 1)}
      </pre>
      <p className="text-xs text-muted-foreground">{t.dialog.asWritten}</p>
      <Button type="button" variant="ghost" size="sm" onClick={onStartOver}>
        {t.dialog.startOver}
      </Button>
    </div>
  );
}
