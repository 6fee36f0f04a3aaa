"use client";

import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { http } from "@/api/client";
import { Dialog, DialogContent, FormFoot } from "@/components/ui/dialog";
import { Field, Textarea } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { useErrorText } from "@/components/ui/states";
import { toast } from "@/lib/toast";
import { useMe } from "../session/queries";
import type { Selection } from "./queries";
import { useWorkWords } from "./work-words";

const SHORTEST = 10;

interface Props {
  selection: Selection;
  people: string;
  onClose: () => void;
}

/** A list of people leaves the house here: whoever takes it says what for, and that is kept. */
export function ExportDialog({ selection, people, onClose }: Props) {
  const w = useWorkWords();
  const me = useMe().data;
  const form = useId();
  const errorText = useErrorText();
  const [format, setFormat] = useState<"xlsx" | "csv">("xlsx");
  const [reason, setReason] = useState("");
  const [short, setShort] = useState(false);
  const take = useMutation({
    mutationFn: () =>
      http.post("/api/exports", {
        kind: "contacts",
        format,
        reason: reason.trim(),
        ...selection,
      }),
    onSuccess: ({ id }) => {
      // The browser's own download: a million lines go to the disk as they come, not through the page's memory.
      const link = document.createElement("a");
      link.href = `/api/exports/${id}`;
      link.download = "";
      link.click();
      toast(w.exported(people));
      onClose();
    },
  });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={w.exportTitle}
        description={w.exportWho(people)}
        footer={
          <FormFoot form={form} busy={take.isPending}>
            {w.take}
          </FormFoot>
        }
      >
        <form
          id={form}
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (reason.trim().length >= SHORTEST) return take.mutate();
            setShort(true);
            document.getElementById(`${form}-reason`)?.focus();
          }}
        >
          <Segmented<"xlsx" | "csv">
            label={w.format}
            value={format}
            onChange={setFormat}
            options={[
              { value: "xlsx", label: w.xlsx },
              { value: "csv", label: w.csv },
            ]}
          />
          <Field
            label={w.purpose}
            id={`${form}-reason`}
            hint={me?.permissions.includes("exports.unmasked") ? w.purposeWhole : w.purposeMasked}
            error={short && reason.trim().length < SHORTEST ? w.purposeShort : undefined}
          >
            <Textarea
              rows={2}
              maxLength={200}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          </Field>
          {take.isError && (
            <p role="alert" className="text-destructive">
              {errorText(take.error)}
            </p>
          )}
        </form>
      </DialogContent>
    </Dialog>
  );
}
