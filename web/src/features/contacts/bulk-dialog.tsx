"use client";

import { type ReactNode, useId, useState } from "react";
import type { Tag, Told } from "@/api/types";
import { TagField } from "@/components/tag-field";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent } from "@/components/ui/dialog";
import { Field, Input, Select, Textarea } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { useMe } from "../session/queries";
import { type BulkChanges, useBulk } from "./bulk-queries";
import { PurposeField, RULED } from "./purpose-field";
import type { Selection } from "./queries";
import { ToldField } from "./told-field";
import { useWorkWords } from "./work-words";

type Kind =
  | "addTags"
  | "removeTags"
  | "district"
  | "told"
  | "untold"
  | "attribute"
  | "consent"
  | "withdraw"
  | "optOut"
  | "erase";
type Channel = "all" | "sms" | "alimtalk" | "brand" | "email";

/** What each change needs besides the right to change contacts. */
const NEEDS: Partial<Record<Kind, string>> = { optOut: "suppressions.write", erase: "contacts.delete" };
/** Changes that somebody will ask about later need their reason. */
const GRAVE: Kind[] = ["consent", "withdraw", "optOut", "erase"];
const SHORTEST = 10;
const CHANNELS: Channel[] = ["all", "sms", "alimtalk", "brand", "email"];

interface Props {
  selection: Selection;
  people: string;
  tags: Tag[];
  onClose: () => void;
  onDone: () => void;
}

export function BulkDialog({ selection, people, tags, onClose, onDone }: Props) {
  const t = useT();
  const w = useWorkWords();
  const errorText = useErrorText();
  const form = useId();
  const may = useMe().data?.permissions ?? [];
  const [kind, setKind] = useState<Kind>("addTags");
  const [names, setNames] = useState<string[]>([]);
  const [text, setText] = useState("");
  const [told, setTold] = useState<Told[]>([]);
  const [key, setKey] = useState("");
  const [channel, setChannel] = useState<Channel>("all");
  const [purpose, setPurpose] = useState(RULED[0] ?? "");
  const [evidence, setEvidence] = useState("");
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const bulk = useBulk(people, () => {
    onClose();
    onDone();
  });
  const grave = GRAVE.includes(kind);
  const consent = kind === "consent" || kind === "withdraw";
  const missing = {
    tags: (kind === "addTags" || kind === "removeTags") && names.length === 0,
    told: (kind === "told" || kind === "untold") && told.length === 0,
    key: kind === "attribute" && !key.trim(),
    purpose: consent && !purpose.trim(),
    reason: grave && reason.trim().length < SHORTEST,
  };

  const changes = (): BulkChanges => {
    switch (kind) {
      case "addTags":
        return { addTags: names };
      case "removeTags":
        return { removeTags: names };
      case "district":
        return { district: text.trim() };
      case "told":
        return { addPurposes: told };
      case "untold":
        return { removePurposes: told };
      case "attribute":
        return { attributes: { [key.trim()]: text.trim() || null } };
      case "optOut":
        return { optOut: { channels: [channel] } };
      case "erase":
        return { erase: true };
      default:
        return {
          consent: {
            channel: channel === "all" ? "sms" : channel,
            purpose: purpose.trim(),
            state: kind === "consent" ? "granted" : "withdrawn",
            evidence: evidence.trim(),
          },
        };
    }
  };
  const submit = () => {
    setTried(true);
    if (Object.values(missing).some(Boolean)) return;
    bulk.mutate({ ...selection, changes: changes(), reason: reason.trim() });
  };
  const shown = (Object.keys(w.kinds) as Kind[]).filter((one) =>
    may.includes(NEEDS[one] ?? "contacts.write"),
  );

  const fields: Partial<Record<Kind, ReactNode>> = {
    district: (
      <Field label={w.district} hint={w.districtHint}>
        <Input maxLength={100} value={text} onChange={(event) => setText(event.target.value)} />
      </Field>
    ),
    attribute: (
      <>
        <Field label={w.key} hint={w.keyHint} error={tried && missing.key ? w.needKey : undefined}>
          <Input maxLength={50} value={key} onChange={(event) => setKey(event.target.value)} />
        </Field>
        <Field label={w.value} hint={w.valueHint}>
          <Input maxLength={500} value={text} onChange={(event) => setText(event.target.value)} />
        </Field>
      </>
    ),
    optOut: <p className="text-sm text-muted-foreground">{w.optOutText(people)}</p>,
    erase: <p className="text-sm text-destructive">{w.eraseText(people)}</p>,
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={w.editTitle(people)}
        footer={
          <>
            <DialogClose asChild>
              <Button className="max-md:h-12 max-md:flex-1">{t.common.cancel}</Button>
            </DialogClose>
            <Button
              type="submit"
              form={form}
              variant={kind === "erase" ? "danger" : "primary"}
              busy={bulk.isPending}
              className="max-md:h-12 max-md:flex-1"
            >
              {kind === "erase" ? w.goErase(people) : w.go(people)}
            </Button>
          </>
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
          <Field label={w.what}>
            <Select value={kind} onChange={(event) => setKind(event.target.value as Kind)}>
              {shown.map((one) => (
                <option key={one} value={one}>
                  {w.kinds[one]}
                </option>
              ))}
            </Select>
          </Field>
          {(kind === "addTags" || kind === "removeTags") && (
            <div>
              <TagField label={w.tags} tags={tags} value={names} onChange={setNames} />
              {tried && missing.tags && (
                <p role="alert" className="mt-1.5 text-xs text-destructive">
                  {w.needTag}
                </p>
              )}
            </div>
          )}
          {(consent || kind === "optOut") && (
            <Field label={w.channel}>
              <Select value={channel} onChange={(event) => setChannel(event.target.value as Channel)}>
                {CHANNELS.filter((one) => kind === "optOut" || one !== "all").map((one) => (
                  <option key={one} value={one}>
                    {one === "all" ? w.allChannels : (t.contacts.channels[one] ?? one)}
                  </option>
                ))}
              </Select>
            </Field>
          )}
          {consent && (
            <>
              <PurposeField
                value={purpose}
                onChange={setPurpose}
                error={tried && missing.purpose ? w.needPurpose : undefined}
              />
              {kind === "consent" && (
                <Field label={w.evidence} hint={w.evidenceHint}>
                  <Input
                    maxLength={500}
                    value={evidence}
                    onChange={(event) => setEvidence(event.target.value)}
                  />
                </Field>
              )}
            </>
          )}
          {(kind === "told" || kind === "untold") && (
            <div>
              <ToldField
                value={told}
                onChange={setTold}
                hint={kind === "untold" ? w.untoldHint : undefined}
              />
              {tried && missing.told && (
                <p role="alert" className="mt-1.5 text-xs text-destructive">
                  {w.needTold}
                </p>
              )}
            </div>
          )}
          {fields[kind]}
          <Field
            label={w.reason}
            hint={grave ? w.reasonHint : w.reasonOptional}
            error={tried && missing.reason ? w.purposeShort : undefined}
          >
            <Textarea
              rows={2}
              maxLength={200}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          </Field>
          {bulk.isError && (
            <p role="alert" className="text-destructive">
              {errorText(bulk.error)}
            </p>
          )}
        </form>
      </DialogContent>
    </Dialog>
  );
}
