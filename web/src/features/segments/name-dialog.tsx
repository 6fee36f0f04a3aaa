"use client";

import { useId, useState } from "react";
import { Dialog, DialogContent, FormFoot } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { useT } from "@/lib/i18n";
import { useWords } from "./words";

interface Props {
  title: string;
  name: string;
  busy: boolean;
  error?: string;
  onName: (name: string) => void;
  onClose: () => void;
}

export function NameDialog({ title, name: given, busy, error, onName, onClose }: Props) {
  const t = useT();
  const w = useWords();
  const form = useId();
  const [name, setName] = useState(given);
  const [missing, setMissing] = useState(false);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={title}
        footer={
          <FormFoot form={form} busy={busy}>
            {t.common.save}
          </FormFoot>
        }
      >
        <form
          id={form}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim()) onName(name.trim());
            else setMissing(true);
          }}
        >
          <Field
            label={w.name}
            hint={w.nameHint}
            error={missing && !name.trim() ? w.needName : error || undefined}
          >
            <Input autoFocus maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
          </Field>
        </form>
      </DialogContent>
    </Dialog>
  );
}
