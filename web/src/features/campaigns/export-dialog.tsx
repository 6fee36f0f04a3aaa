"use client";

import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { http, saveFile } from "@/api/client";
import { Dialog, DialogContent, FormFoot } from "@/components/ui/dialog";
import { Field, Textarea } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { useErrorText } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import type { PeopleFilter } from "./queries";

const SHORTEST = 10;

interface Props {
  campaignId: string;
  name: string;
  filter: PeopleFilter;
  people: number;
  whole: boolean;
  onClose: () => void;
}

/** A list of people leaves the house here: whoever takes it says what for, and that is kept. */
export function ExportDialog({ campaignId, name, filter, people, whole, onClose }: Props) {
  const t = useT();
  const f = useFormat();
  const form = useId();
  const errorText = useErrorText();
  const [format, setFormat] = useState<"xlsx" | "csv">("xlsx");
  const [purpose, setPurpose] = useState("");
  const [short, setShort] = useState(false);
  const take = useMutation({
    mutationFn: () =>
      http.file(
        "/api/campaigns/{campaign_id}/messages/export",
        { format, state: filter.state, reason: filter.reason, purpose: purpose.trim() },
        { path: { campaign_id: campaignId } },
      ),
    onSuccess: ({ blob }) => {
      saveFile(blob, `${name}.${format}`);
      onClose();
    },
  });
  const submit = () => {
    if (purpose.trim().length < SHORTEST) {
      setShort(true);
      document.getElementById(`${form}-purpose`)?.focus();
      return;
    }
    take.mutate();
  };
  const e = t.monitor.export;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={e.title}
        description={e.who(f.num(people))}
        footer={
          <FormFoot form={form} busy={take.isPending}>
            {e.take}
          </FormFoot>
        }
      >
        <form
          id={form}
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <Segmented<"xlsx" | "csv">
            label={e.format}
            value={format}
            onChange={setFormat}
            options={[
              { value: "xlsx", label: t.monitor.downloadXlsx },
              { value: "csv", label: t.monitor.downloadCsv },
            ]}
          />
          <Field
            label={e.purpose}
            id={`${form}-purpose`}
            hint={whole ? e.hintWhole : e.hintMasked}
            error={short && purpose.trim().length < SHORTEST ? e.tooShort : undefined}
          >
            <Textarea
              rows={2}
              maxLength={500}
              value={purpose}
              onChange={(event) => setPurpose(event.target.value)}
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
