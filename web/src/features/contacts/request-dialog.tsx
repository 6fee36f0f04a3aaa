"use client";

import { useState } from "react";
import { http, saveFile } from "@/api/client";
import type { Contact } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent } from "@/components/ui/dialog";
import { Field, Select, Textarea } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { useMe } from "../session/queries";
import { atLeast } from "../session/roles";
import { usePersonChange } from "./view-queries";
import { useViewWords } from "./view-words";

type Kind = "access" | "correct" | "erase" | "stop";
type Requester = "self" | "agent" | "guardian";
type Via = "phone" | "visit" | "letter" | "message" | "other";
const KINDS: Kind[] = ["access", "correct", "erase", "stop"];

interface Props {
  contact: Contact;
  onClose: () => void;
  onErased: () => void;
  onCorrect: (requestId: string) => void;
}

/** What the person asks for themselves: written down with who asked, then carried out at once by who may. */
export function RequestDialog({ contact, onClose, onErased, onCorrect }: Props) {
  const t = useT();
  const w = useViewWords();
  const admin = atLeast(useMe().data?.role ?? undefined, "admin");
  const [kind, setKind] = useState<Kind>("access");
  const [requester, setRequester] = useState<Requester>("self");
  const [via, setVia] = useState<Via>("phone");
  const [note, setNote] = useState("");
  const [format, setFormat] = useState<"html" | "json">("html");
  const may = admin || kind === "correct" || kind === "stop";
  const path = { contact_id: contact.id };

  const carryOut = async () => {
    const request = await http.post(
      "/api/contacts/{contact_id}/requests",
      { kind, requester, via, note },
      { path },
    );
    const close = (body: { state: "done" | "refused"; fields: string[] }) =>
      http.post("/api/data-requests/{data_request_id}/close", body, {
        path: { data_request_id: request.id },
      });
    if (!may) return w.opened;
    if (kind === "access") {
      const wish = { requestId: request.id, format };
      const { blob, name } = await http.file("/api/contacts/{contact_id}/data-file", wish, { path });
      saveFile(blob, name ?? `person.${format}`);
      return w.accessDone;
    }
    if (kind === "erase") {
      const done = (await close({ state: "done", fields: [] })).outcome as Record<string, number>;
      return w.eraseDone(done.refusalsKept ?? 0, done.messagesKept ?? 0);
    }
    if (kind === "stop") {
      await close({ state: "done", fields: [] });
      return w.stopDone;
    }
    onCorrect(request.id);
    return "";
  };
  const run = usePersonChange(contact.id, carryOut, "");
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={w.requestTitle(contact.name || t.contacts.noName)}
        footer={
          <>
            <DialogClose asChild>
              <Button>{t.common.cancel}</Button>
            </DialogClose>
            <Button
              variant={kind === "erase" && may ? "danger" : "primary"}
              busy={run.isPending}
              onClick={() =>
                run.mutate(undefined, {
                  onSuccess: (said) => {
                    if (said) toast(said);
                    if (kind === "erase" && may) onErased();
                    if (kind !== "correct") onClose();
                  },
                })
              }
            >
              {may ? w.act[kind] : w.noteSave}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          <Segmented
            label={w.requestWhat}
            value={kind}
            onChange={setKind}
            options={KINDS.map((value) => ({ value, label: w.kinds[value] }))}
          />
          <p className="text-muted-foreground">{w.explain[kind]}</p>
          {!may && <p className="text-sm text-warning">{w.adminOnly}</p>}
          <div className="grid gap-4 md:grid-cols-2">
            <Field label={w.requester}>
              <Select value={requester} onChange={(event) => setRequester(event.target.value as Requester)}>
                {Object.entries(w.requesters).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            </Field>
            <Field label={w.via}>
              <Select value={via} onChange={(event) => setVia(event.target.value as Via)}>
                {Object.entries(w.vias).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            </Field>
          </div>
          <Field label={w.requestNote} hint={w.requestNoteHint}>
            <Textarea rows={2} value={note} onChange={(event) => setNote(event.target.value)} />
          </Field>
          {kind === "access" && may && (
            <Field label={w.format}>
              <Select value={format} onChange={(event) => setFormat(event.target.value as "html" | "json")}>
                <option value="html">{w.html}</option>
                <option value="json">{w.json}</option>
              </Select>
            </Field>
          )}
        </div>
      </DialogContent>
    </Dialog>
  );
}
