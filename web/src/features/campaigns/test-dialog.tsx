"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, http } from "@/api/client";
import type { Campaign, TestSend } from "@/api/types";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Checkbox, Field, Select, Textarea } from "@/components/ui/field";
import { Failure, useErrorText } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { usePageWords } from "@/lib/page-words";
import ko from "@/messages/ko/tests";
import type { Filter } from "../contacts/filter";
import { type Person, PersonFinder } from "./person-finder";
import { useAudienceCount, useSegment } from "./queries";

const english = () => import("@/messages/en/tests");
const OPEN = ["queued", "sending", "accepted"];
const TONES: Record<string, BadgeTone> = {
  delivered: "success",
  failed: "danger",
  skipped: "warning",
  uncertain: "warning",
};

/** People whose values may fill the text: a few of those who would get it. */
function useSomebody(campaign: Campaign): { id: string; name: string }[] {
  const segment = useSegment(campaign.segmentId ?? null);
  const filter = (campaign.filter ?? segment?.filter ?? null) as Filter | null;
  const sample = useAudienceCount(filter).data?.sample ?? [];
  const first = campaign.contactIds?.[0];
  const chosen = useQuery({
    queryKey: ["contact", first, "name"],
    queryFn: () => http.get("/api/contacts/{contact_id}", { path: { contact_id: first ?? "" } }),
    enabled: first !== undefined,
  }).data;
  if (chosen) return [{ id: chosen.id, name: chosen.name }];
  return sample.map((one) => ({ id: one.id, name: one.name }));
}

/** A text on one's own phone, before it is on everybody's. */
export function TestDialog({ campaign, onClose }: { campaign: Campaign; onClose: () => void }) {
  const t = usePageWords(ko, english);
  const client = useQueryClient();
  const errorText = useErrorText();
  const somebody = useSomebody(campaign);
  const [phones, setPhones] = useState("");
  const [whose, setWhose] = useState<string | null>(null);
  const [other, setOther] = useState<Person | null>(null);
  const [seeds, setSeeds] = useState<Person[]>([]);
  const texts = campaign.variants ?? [];
  const [text, setText] = useState("");
  const [rehearse, setRehearse] = useState(false);
  const [tried, setTried] = useState(false);
  const path = { campaign_id: campaign.id };
  const valuesOf = whose ?? somebody[0]?.id ?? "";
  const offered = other && !somebody.some((one) => one.id === other.id) ? [other, ...somebody] : somebody;
  const numbers = phones
    .split(/[\n,;]+/)
    .map((one) => one.trim())
    .filter(Boolean);
  const tests = useQuery({
    queryKey: ["campaign", campaign.id, "tests"],
    queryFn: ({ signal }) => http.get("/api/campaigns/{campaign_id}/tests", { path, signal }),
    refetchInterval: (query) =>
      query.state.data?.some((test) => test.people.some((one) => OPEN.includes(one.state))) ? 1500 : false,
  });
  const send = useMutation({
    mutationFn: () =>
      http.post(
        "/api/campaigns/{campaign_id}/test",
        {
          contactIds: seeds.map((one) => one.id),
          phones: numbers,
          valuesOf: valuesOf || null,
          variant: text || null,
          rehearse,
        },
        { path, idempotencyKey: crypto.randomUUID() },
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ["campaign", campaign.id, "tests"] }),
  });
  const fields = send.error instanceof ApiError ? Object.values(send.error.fields) : [];
  const nobody = numbers.length + seeds.length === 0;
  const fault = tried && nobody ? t.needPhone : send.error ? (fields[0] ?? errorText(send.error)) : undefined;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={t.title}
        description={t.hint}
        footer={
          <Button
            variant="primary"
            busy={send.isPending}
            className="max-md:h-12 max-md:flex-1"
            onClick={() => {
              setTried(true);
              if (!nobody) send.mutate();
            }}
          >
            {t.send}
          </Button>
        }
      >
        <div className="flex flex-col gap-4">
          <Field label={t.phones} hint={t.phonesHint} error={fault}>
            <Textarea
              value={phones}
              inputMode="tel"
              autoComplete="off"
              rows={2}
              onChange={(event) => {
                setPhones(event.target.value);
                send.reset(); // what was said belongs to the numbers of before
              }}
            />
          </Field>
          <PersonFinder
            label={t.seeds}
            hint={t.seedsHint}
            list={t.seedsFound}
            people={seeds}
            clears
            chosen={seeds.map((one) => one.id)}
            onPick={(person) => {
              const without = seeds.filter((one) => one.id !== person.id);
              setSeeds(without.length < seeds.length ? without : [...seeds, person]);
              send.reset();
            }}
          />
          {texts.length > 1 && (
            <Field label={t.whichText}>
              <Select value={text || texts[0]?.key} onChange={(event) => setText(event.target.value)}>
                {texts.map((one) => (
                  <option key={one.key} value={one.key}>
                    {[one.key, one.name].filter(Boolean).join(" · ")}
                  </option>
                ))}
              </Select>
            </Field>
          )}
          <Field label={t.valuesOf} hint={t.valuesHint}>
            <Select value={valuesOf} onChange={(event) => setWhose(event.target.value)}>
              {offered.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name || t.noName}
                </option>
              ))}
              <option value="">{seeds.length > 0 ? t.ownValues : t.noValues}</option>
            </Select>
          </Field>
          <PersonFinder
            label={t.otherValues}
            list={t.otherFound}
            people={[]}
            clears
            chosen={[valuesOf]}
            onPick={(person) => {
              setOther(person);
              setWhose(person.id);
            }}
          />
          <div className="flex min-h-6 items-center gap-2">
            <Checkbox
              id="test-rehearse"
              checked={rehearse}
              onChange={(event) => setRehearse(event.target.checked)}
            />
            <label htmlFor="test-rehearse">{t.rehearse}</label>
          </div>
          <section aria-label={t.list} className="border-t pt-3">
            {tests.isError ? (
              <Failure compact error={tests.error} onRetry={() => void tests.refetch()} />
            ) : (
              <Tests tests={tests.data} words={t} />
            )}
          </section>
        </div>
      </DialogContent>
    </Dialog>
  );
}

function Tests({ tests, words }: { tests: TestSend[] | undefined; words: typeof ko }) {
  const t = useT();
  const f = useFormat();
  if (!tests) {
    return (
      <p role="status" className="text-xs text-muted-foreground">
        {words.loading}
      </p>
    );
  }
  if (tests.length === 0) return <p className="text-xs text-muted-foreground">{words.none}</p>;
  return (
    <ul aria-live="polite" className="flex flex-col gap-3">
      {tests.map((test) => (
        <li key={test.sendId}>
          <p className="flex items-center gap-2 text-xs text-muted-foreground">
            {f.dateTime(test.createdAt)}
            {test.rehearse && <Badge>{words.rehearsal}</Badge>}
            {test.state === "held" && <Badge tone="warning">{words.held}</Badge>}
          </p>
          {test.holdText && <p className="text-xs text-warning">{test.holdText}</p>}
          <ul>
            {test.people.map((one) => (
              <li key={one.id} className="flex min-h-8 flex-wrap items-center gap-x-2">
                <span className="min-w-0 flex-1 truncate">
                  {[one.name, one.phone].filter(Boolean).join(" · ")}
                </span>
                <span className="text-xs text-muted-foreground">
                  {one.channel ? (t.contacts.channels[one.channel] ?? one.channel.toUpperCase()) : ""}
                </span>
                <Badge tone={TONES[one.state] ?? "neutral"}>{words.states[one.state] ?? one.state}</Badge>
                {one.reasonLabel && (
                  <span className="w-full text-xs text-muted-foreground">{one.reasonLabel}</span>
                )}
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}
