"use client";

import { Check, CircleAlert, Upload } from "lucide-react";
import dynamic from "next/dynamic";
import { type ReactNode, useRef, useState } from "react";
import { Avatar, Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { useErrorText } from "@/components/ui/states";
import { phone } from "@/lib/format";
import { useFormat } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { type Calendar, type Candidacy, putProof, useLawAct } from "./queries";
import { useWords } from "./words";

// Filled in once or twice in the life of a camp.
export const CandidacyForm = dynamic(() => import("./candidacy-form").then((m) => m.CandidacyForm), {
  ssr: false,
});
const CandidacyDialog = dynamic(() => import("./candidacy-form").then((m) => m.CandidacyDialog), {
  ssr: false,
});

interface Props {
  candidacy: Candidacy | undefined;
  calendar: Calendar | undefined;
  manages: boolean;
}

/** Who we are; a form in three steps while nobody has said. */
export function CandidacyCard({ candidacy, calendar, manages }: Props) {
  const w = useWords();
  const [editing, setEditing] = useState(false);
  return (
    <Card aria-labelledby="law-candidacy">
      <CardHead
        title={<span id="law-candidacy">{w.card.title}</span>}
        actions={
          candidacy &&
          manages && (
            <Button variant="ghost" size="sm" className="max-md:h-11" onClick={() => setEditing(true)}>
              {w.card.edit}
            </Button>
          )
        }
      />
      {candidacy ? (
        <Facts candidacy={candidacy} calendar={calendar} manages={manages} />
      ) : (
        <div className="p-4">
          <p className="font-medium">{w.card.noOne}</p>
          <p className="mt-1 mb-4 text-muted-foreground">
            {w.card.noOneHint} {!manages && w.card.askAdmin}
          </p>
          {manages && calendar && <CandidacyForm calendar={calendar} />}
        </div>
      )}
      {editing && candidacy && calendar && (
        <CandidacyDialog calendar={calendar} candidacy={candidacy} onClose={() => setEditing(false)} />
      )}
    </Card>
  );
}

function Facts({
  candidacy,
  calendar,
  manages,
}: {
  candidacy: Candidacy;
  calendar: Calendar | undefined;
  manages: boolean;
}) {
  const w = useWords();
  const c = w.card;
  const f = useFormat();
  const registration = calendar?.electionDay === candidacy.electionDay ? calendar : undefined;
  return (
    <>
      <div className="flex items-center gap-3 p-4">
        <Avatar name={candidacy.name} className="size-9" />
        <div className="min-w-0 flex-1">
          <p className="truncate text-base font-semibold">{candidacy.name}</p>
          <p className="text-xs text-muted-foreground">
            {w.form.kinds[candidacy.election] ?? candidacy.electionLabel} ·{" "}
            {[w.form.offices[candidacy.office] ?? candidacy.officeLabel, candidacy.district]
              .filter(Boolean)
              .join(" · ")}
          </p>
        </div>
        <Badge tone={candidacy.valid ? "success" : "warning"}>
          {candidacy.valid ? <Check aria-hidden /> : <CircleAlert aria-hidden />}
          {candidacy.valid ? c.valid : c.invalid}
        </Badge>
      </div>
      <dl className="grid grid-cols-[92px_minmax(0,1fr)] gap-x-3 gap-y-2.5 px-4 pb-4">
        <Fact name={c.statuses[candidacy.status] ?? candidacy.status}>
          {c.registered(f.date(candidacy.registeredAt, true), candidacy.proof)}
        </Fact>
        <Paper candidacy={candidacy} manages={manages} />
        <Fact
          name={c.number}
          hint={
            candidacy.reportedNumber
              ? candidacy.reportedAt && c.reported(f.date(candidacy.reportedAt), candidacy.receipt)
              : c.deadline(f.dateTime(candidacy.reportDeadline))
          }
        >
          {candidacy.reportedNumber ? (
            <b className="font-semibold">{phone(candidacy.reportedNumber)}</b>
          ) : (
            <span className="text-warning">{c.numberNone}</span>
          )}
        </Fact>
        <Fact name={c.refusal}>
          {candidacy.refusal ? (
            phone(candidacy.refusal)
          ) : (
            <span className="text-warning">{c.refusalNone}</span>
          )}
        </Fact>
        {candidacy.validUntil && <Fact name={c.until}>{f.dateTime(candidacy.validUntil)}</Fact>}
        {registration?.registrationFirst && registration.registrationLast && (
          <Fact name={c.next}>
            {c.registration(f.date(registration.registrationFirst), f.date(registration.registrationLast))}
          </Fact>
        )}
      </dl>
    </>
  );
}

function Fact({ name, hint, children }: { name: string; hint?: ReactNode; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted-foreground">{name}</dt>
      <dd className="min-w-0">
        {children}
        {hint && <span className="block text-xs text-muted-foreground">{hint}</span>}
      </dd>
    </>
  );
}

/** The certificate: opened and exchanged by those who manage candidacies. */
function Paper({ candidacy, manages }: { candidacy: Candidacy; manages: boolean }) {
  const w = useWords();
  const c = w.card;
  const errorText = useErrorText();
  const field = useRef<HTMLInputElement>(null);
  const keep = useLawAct(putProof);
  const has = candidacy.proofName !== "";
  return (
    <Fact name={c.paper} hint={candidacy.proven ? undefined : c.paperNone}>
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {has &&
          (manages ? (
            <a
              href={`/api/candidacies/${candidacy.id}/proof`}
              download={candidacy.proofName}
              className="text-brand-fg underline-offset-4 hover:underline"
            >
              {c.paperOpen}
            </a>
          ) : (
            <span>{c.paperHas}</span>
          ))}
        {manages && (
          <>
            <Button variant="ghost" size="sm" busy={keep.isPending} onClick={() => field.current?.click()}>
              <Upload aria-hidden />
              {has ? c.paperAgain : c.paperAdd}
            </Button>
            <input
              ref={field}
              type="file"
              accept="application/pdf,image/png,image/jpeg"
              aria-label={c.paperAdd}
              tabIndex={-1}
              className="sr-only"
              onChange={(event) => {
                const file = event.target.files?.[0];
                event.target.value = "";
                if (file)
                  keep.mutate(
                    { id: candidacy.id, file },
                    {
                      onSuccess: () => toast(c.paperKept),
                      onError: (error) => toast(errorText(error), { tone: "error" }),
                    },
                  );
              }}
            />
          </>
        )}
      </span>
    </Fact>
  );
}
