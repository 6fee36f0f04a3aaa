"use client";

import { useState } from "react";
import { http, saveFile } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field, Select } from "@/components/ui/field";
import { useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { useMe } from "../session/queries";
import { atLeast } from "../session/roles";
import { type DataRequest, useRequestChange } from "./request-queries";
import { useViewWords } from "./view-words";

type Why = "identity" | "law" | "others" | "contract";
type How = "shown" | "sent" | "told";
type Way = { refuse?: true; how?: How };

/** Another end of a request: one of a few words for it, and the button that closes the request with it. */
function Closing<Key extends string>({
  label,
  names,
  value,
  onValue,
  act,
  busy,
  onAct,
}: {
  label: string;
  names: Record<Key, string>;
  value: Key;
  onValue: (value: Key) => void;
  act: string;
  busy: boolean;
  onAct: () => void;
}) {
  return (
    <div className="flex items-end gap-2 border-t pt-4">
      <Field label={label} className="flex-1">
        <Select value={value} onChange={(event) => onValue(event.target.value as Key)}>
          {Object.entries<string>(names).map(([one, name]) => (
            <option key={one} value={one}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      <Button busy={busy} onClick={onAct} className="max-md:h-11">
        {act}
      </Button>
    </div>
  );
}

/** Carries out what somebody wrote down, or refuses it with one of the reasons that the law knows. */
export function HandleRequest({ request, onClose }: { request: DataRequest; onClose: () => void }) {
  const t = useT();
  const w = useViewWords();
  const admin = atLeast(useMe().data?.role ?? undefined, "admin");
  const [format, setFormat] = useState<"html" | "json">("html");
  const [why, setWhy] = useState<Why>("identity");
  const [how, setHow] = useState<How>("shown");
  const { kind } = request;
  const may = admin || kind === "correct" || kind === "stop";
  const close = (body: { state: "done" | "refused"; why?: Why; how?: How }) =>
    http.post(
      "/api/data-requests/{data_request_id}/close",
      { fields: [], ...body },
      { path: { data_request_id: request.id } },
    );
  const carryOut = useRequestChange(async (way: Way) => {
    if (way.refuse) {
      await close({ state: "refused", why });
      return w.refusedDone;
    }
    if (way.how) {
      await close({ state: "done", how: way.how });
      return w.answeredDone;
    }
    if (kind === "access") {
      const { blob, name } = await http.file(
        "/api/contacts/{contact_id}/data-file",
        { requestId: request.id, format },
        { path: { contact_id: request.contactId } },
      );
      saveFile(blob, name ?? `person.${format}`);
      return w.accessDone;
    }
    const { outcome } = await close({ state: "done" });
    if (kind === "erase") return w.eraseDone(Number(outcome.refusalsKept), Number(outcome.messagesKept));
    return kind === "stop" ? w.stopDone : w.correctDone;
  });
  const run = (way: Way) => carryOut.mutate(way, { onSuccess: onClose });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={`${request.contactName || t.contacts.noName} · ${w.requestKinds[kind]}`}
        footer={
          <>
            {kind === "correct" && (
              <Button asChild className="max-md:h-12 max-md:flex-1">
                <Link href={`/contacts/${request.contactId}`}>{w.act.correct}</Link>
              </Button>
            )}
            <Button
              variant={kind === "erase" ? "danger" : "primary"}
              disabled={!may}
              busy={carryOut.isPending}
              onClick={() => run({})}
              className="max-md:h-12 max-md:flex-1"
            >
              {kind === "correct" ? w.corrected : w.act[kind]}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          <p className="text-muted-foreground">{w.explain[kind]}</p>
          {request.note && <p className="rounded-md bg-muted px-3 py-2 break-words">{request.note}</p>}
          {!may && <p className="text-sm text-warning">{w.adminOnly}</p>}
          {kind === "access" && may && (
            <Field label={w.format}>
              <Select value={format} onChange={(event) => setFormat(event.target.value as "html" | "json")}>
                <option value="html">{w.html}</option>
                <option value="json">{w.json}</option>
              </Select>
            </Field>
          )}
          {kind === "access" && (
            <Closing
              label={w.answeredHow}
              names={w.hows}
              value={how}
              onValue={setHow}
              act={w.answered}
              busy={carryOut.isPending}
              onAct={() => run({ how })}
            />
          )}
          <Closing
            label={w.refuseWhy}
            names={w.whys}
            value={why}
            onValue={setWhy}
            act={w.refuse}
            busy={carryOut.isPending}
            onAct={() => run({ refuse: true })}
          />
        </div>
      </DialogContent>
    </Dialog>
  );
}
