"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { ApiError, http } from "@/api/client";
import type { Contact, Told } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, FormFoot } from "@/components/ui/dialog";
import { Field, Input, Select, Textarea } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { ToldField } from "./told-field";
import { ValueList } from "./value-list";
import { useViewWords } from "./view-words";

interface Draft {
  name: string;
  phones: string[];
  emails: string[];
  kakaoIds: string[];
  district: string;
  address: string;
  memo: string;
  basis: string;
  source: string;
  purposes: Told[];
  attributes: [string, string][];
}

const draftOf = (one: Contact): Draft => ({
  name: one.name,
  phones: [...one.phones, ...one.otherPhones],
  emails: one.emails,
  kakaoIds: one.kakaoIds,
  district: one.district,
  address: one.address,
  memo: one.memo,
  basis: one.basis,
  source: one.source,
  purposes: one.purposes,
  attributes: Object.entries(one.attributes),
});

/** Nobody may save the asterisks that they see: who sees masks opens the card first, and that is written down. */
export function wholeContact(one: Pick<Contact, "id" | "masked">): Promise<Contact> {
  const path = { contact_id: one.id };
  return one.masked
    ? http.get("/api/contacts/{contact_id}/reveal", { path })
    : http.get("/api/contacts/{contact_id}", { path });
}

const filled = (list: string[]) => list.map((one) => one.trim()).filter(Boolean);

/** Only what was touched is sent: what somebody else changes in another field meanwhile stays theirs. */
function changesOf(before: Draft, after: Draft): Record<string, unknown> {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const sent: Record<string, unknown> = {};
  for (const key of ["name", "district", "address", "memo", "basis", "source"] as const) {
    if (before[key] !== after[key]) sent[key] = after[key].trim();
  }
  for (const key of ["phones", "emails", "kakaoIds"] as const) {
    if (!same(before[key], filled(after[key]))) sent[key] = filled(after[key]);
  }
  if (!same(before.purposes, [...after.purposes].sort())) sent.purposes = after.purposes;
  const kept = after.attributes.filter(([name, value]) => name.trim() && value.trim());
  if (!same(before.attributes, kept)) sent.attributes = Object.fromEntries(kept);
  return sent;
}

interface Props {
  contact: Contact;
  /** With the names of the fields that were saved, or null. */
  onClose: (saved: string[] | null) => void;
}

/** Everything on the card, in one form. A late save is refused and shows what is stored now. */
export function ContactEdit({ contact, onClose }: Props) {
  const t = useT();
  const w = useViewWords();
  const client = useQueryClient();
  const errorText = useErrorText();
  const [base, setBase] = useState(contact);
  const [draft, setDraft] = useState(() => draftOf(contact));
  const set = <K extends keyof Draft>(key: K, value: Draft[K]) => setDraft({ ...draft, [key]: value });
  const save = useMutation({
    mutationFn: () =>
      http.patch(
        "/api/contacts/{contact_id}",
        { ...changesOf(draftOf(base), draft), version: base.version },
        { path: { contact_id: contact.id } },
      ),
    onSuccess: () => {
      toast(w.saved);
      void client.invalidateQueries({ queryKey: ["contact", contact.id] });
      void client.invalidateQueries({ queryKey: ["contacts"] });
      onClose(Object.keys(changesOf(draftOf(base), draft)));
    },
    onError: async (error) => {
      if (!(error instanceof ApiError) || error.code !== "contact_changed") return;
      const now = await wholeContact(contact);
      setBase(now);
      setDraft(draftOf(now));
    },
  });
  const failed = save.error instanceof ApiError ? save.error : null;
  const fields = failed?.fields ?? {};
  const stale = failed?.code === "contact_changed";
  const fault = (path: string): string | undefined => fields[path];
  const faultsOf = (key: string, count: number) =>
    Array.from({ length: count }, (_, at) => fields[`${key}[${at}]`]);
  const empty =
    !draft.name.trim() && filled([...draft.phones, ...draft.emails, ...draft.kakaoIds]).length === 0;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose(null)}>
      <DialogContent
        title={w.editTitle(base.name || t.contacts.noName)}
        footer={
          <FormFoot form="contact-edit" busy={save.isPending}>
            {w.save}
          </FormFoot>
        }
      >
        <form
          id="contact-edit"
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (!empty) save.mutate();
          }}
        >
          <p className="text-sm text-muted-foreground">{w.editHint}</p>
          {save.isError && (stale || Object.keys(fields).length === 0) && (
            <p role="alert" className="text-sm text-destructive">
              {stale ? w.stale : errorText(save.error)}
            </p>
          )}
          <Field label={t.contacts.form.name} error={fault("name") ?? (empty ? w.needName : undefined)}>
            <Input
              autoFocus
              autoComplete="off"
              value={draft.name}
              onChange={(e) => set("name", e.target.value)}
            />
          </Field>
          <ValueList
            label={w.phones}
            mode="tel"
            values={draft.phones}
            faults={faultsOf("phones", draft.phones.length)}
            onChange={(values) => set("phones", values)}
          />
          <ValueList
            label={w.emails}
            mode="email"
            values={draft.emails}
            faults={faultsOf("emails", draft.emails.length)}
            onChange={(values) => set("emails", values)}
          />
          <ValueList
            label={w.kakaoIds}
            mode="text"
            values={draft.kakaoIds}
            faults={faultsOf("kakaoIds", draft.kakaoIds.length)}
            onChange={(values) => set("kakaoIds", values)}
          />
          <div className="grid gap-4 md:grid-cols-2">
            <Field label={w.district}>
              <Input value={draft.district} onChange={(e) => set("district", e.target.value)} />
            </Field>
            <Field label={w.address} error={fault("address")}>
              <Input
                autoComplete="off"
                value={draft.address}
                onChange={(e) => set("address", e.target.value)}
              />
            </Field>
            <Field label={w.basis}>
              <Select value={draft.basis} onChange={(e) => set("basis", e.target.value)}>
                {!(draft.basis in t.contacts.bases) && <option value={draft.basis}>{draft.basis}</option>}
                {Object.entries(t.contacts.bases).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            </Field>
            <Field label={w.source}>
              <Input value={draft.source} onChange={(e) => set("source", e.target.value)} />
            </Field>
          </div>
          <ToldField value={draft.purposes} onChange={(purposes) => set("purposes", purposes)} />
          <Field label={w.memo} error={fault("memo")}>
            <Textarea rows={2} value={draft.memo} onChange={(e) => set("memo", e.target.value)} />
          </Field>
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-1.5 text-sm font-medium">{w.attributes}</legend>
            {draft.attributes.map(([name, value], at) => {
              const put = (pair: [string, string]) =>
                set(
                  "attributes",
                  draft.attributes.map((one, i) => (i === at ? pair : one)),
                );
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: names are edited in place
                <div key={at} className="flex flex-col gap-1">
                  <div className="flex items-center gap-1">
                    <Input
                      aria-label={w.attributeName}
                      className="w-32 shrink-0"
                      value={name}
                      onChange={(e) => put([e.target.value, value])}
                    />
                    <Input
                      aria-label={`${name} ${w.attributeValue}`}
                      value={value}
                      onChange={(e) => put([name, e.target.value])}
                    />
                    <Button
                      variant="ghost"
                      size="icon"
                      aria-label={w.remove(name || w.attributes)}
                      onClick={() =>
                        set(
                          "attributes",
                          draft.attributes.filter((_, i) => i !== at),
                        )
                      }
                    >
                      <X aria-hidden />
                    </Button>
                  </div>
                  {fault(`attributes.${name}`) && (
                    <p role="alert" className="text-xs text-destructive">
                      {fault(`attributes.${name}`)}
                    </p>
                  )}
                </div>
              );
            })}
            <Button
              variant="ghost"
              size="sm"
              className="self-start"
              onClick={() => set("attributes", [...draft.attributes, ["", ""]])}
            >
              <Plus aria-hidden />
              {w.attributes} {w.add}
            </Button>
          </fieldset>
        </form>
      </DialogContent>
    </Dialog>
  );
}
