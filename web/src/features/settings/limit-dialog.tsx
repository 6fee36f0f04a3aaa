"use client";

import { useState } from "react";
import type { QuotaMonth } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { Rich, useFormat, useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { useChangeLimit } from "./quota-queries";
import { useWords } from "./words";

/** What the server refuses (below what is taken, above the operator's ceiling) is said at the field. */
export function LimitDialog({ month, onClose }: { month: QuotaMonth; onClose: () => void }) {
  const t = useT();
  const f = useFormat();
  const q = useWords().quota;
  const errorText = useErrorText();
  const change = useChangeLimit();
  const [typed, setTyped] = useState(String(month.limit));
  const [tried, setTried] = useState(false);
  const digits = typed.replace(/[,\s]/g, "");
  const limit = /^\d{1,12}$/.test(digits) ? Number(digits) : null;
  const refused = change.isError ? errorText(change.error) : undefined;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={q.changeTitle}
        description={q.changeHint}
        footer={
          <>
            <DialogClose asChild>
              <Button className="max-md:h-12 max-md:flex-1">{t.common.cancel}</Button>
            </DialogClose>
            <Button
              type="submit"
              form="limit-form"
              variant="primary"
              busy={change.isPending}
              className="max-md:h-12 max-md:flex-1"
            >
              {q.change}
            </Button>
          </>
        }
      >
        <form
          id="limit-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            setTried(true);
            if (limit === null) return;
            change.mutate(limit, {
              onSuccess: (saved) => {
                toast(q.changed(f.num(saved.limit)));
                onClose();
              },
            });
          }}
        >
          <Field
            label={q.changeField}
            hint={month.ceiling === null ? undefined : q.ceiling(f.num(month.ceiling))}
            error={tried && limit === null ? q.changeNeed : refused}
          >
            <Input
              autoFocus
              inputMode="numeric"
              autoComplete="off"
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                change.reset();
              }}
            />
          </Field>
          {month.waitingPeople > 0 && (
            <p className="mt-3 text-muted-foreground">
              <Rich text={q.changeWaiting(f.num(month.waitingPeople))} />
            </p>
          )}
        </form>
      </DialogContent>
    </Dialog>
  );
}
