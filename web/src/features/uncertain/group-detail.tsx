"use client";

import { Ban, CircleHelp, Send, ThumbsUp } from "lucide-react";
import type { CampaignMessage, Resolution } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Keys } from "@/components/ui/kbd";
import { useFormat, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { CampaignStateBadge } from "../campaigns/state-badge";
import { GroupPeople } from "./group-people";
import type { Settled } from "./use-desk";
import { useWords } from "./words";
import { type Item, questionLines, wholeOf } from "./work";

const BUTTONS = [
  { key: "1", decision: "adopt", icon: ThumbsUp },
  { key: "2", decision: "resend", icon: Send },
  { key: "3", decision: "close", icon: Ban },
] as const;

function Facts({ item }: { item: Item }) {
  const t = useT();
  const w = useWords();
  const f = useFormat();
  const { group } = item;
  const label = w.facts;
  const carrier = t.monitor.carriers[group.carrier] ?? group.carrier;
  const rows = [
    [
      label.account,
      group.accountName.includes(carrier) ? group.accountName : `${group.accountName} · ${carrier}`,
    ],
    [label.channel, t.contacts.channels[group.channel] ?? group.channel],
    [label.calledAt, `${f.dateTime(group.calledAt)} (${f.clockSeconds(group.calledAt)})`],
    [label.there, group.knownThere ? w.thereYes : w.thereNo],
    [label.asked, w.times(group.asked)],
    [label.units, group.units > 0 ? w.units(group.units) : w.unitsNone],
  ];
  return (
    <Card>
      <CardHead title={w.known} />
      <dl className="px-4 py-1">
        {rows.map(([name, value]) => (
          <div key={name} className="flex gap-3 border-b py-2 last:border-b-0">
            <dt className="w-24 shrink-0 text-muted-foreground">{name}</dt>
            <dd className="min-w-0 flex-1">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function Questions({ item }: { item: Item }) {
  const w = useWords();
  const f = useFormat();
  const { asked, questions } = item.group;
  return (
    <Card>
      <CardHead title={w.questions} hint={w.times(asked)} />
      {questions.length === 0 ? (
        <p className="px-4 py-6 text-muted-foreground">{w.questionsNone}</p>
      ) : (
        <ol className="thin-scroll max-h-64 overflow-y-auto px-4 py-2">
          {questionLines(asked, questions).map((one) =>
            "left" in one ? (
              <li key="gap" className="py-1.5 text-xs text-muted-foreground">
                {w.questionsCut(one.left)}
              </li>
            ) : (
              <li key={one.at} className="flex gap-3 py-1.5">
                <span className="w-16 shrink-0 text-xs leading-5 text-muted-foreground">
                  {f.clockSeconds(one.at)}
                </span>
                <span className="min-w-0 flex-1">{w.answer(one.note, one.label)}</span>
              </li>
            ),
          )}
        </ol>
      )}
    </Card>
  );
}

interface Props {
  item: Item;
  settled: Settled;
  mayDecide: boolean;
  onAsk: (decision: Resolution | null, person?: CampaignMessage) => void;
  onAskWhole: () => void;
  onOpenPerson: (person: CampaignMessage) => void;
}

/** One group: why nobody knows, what is known, what was asked and answered, who it is, and the three answers. */
export function GroupDetail({ item, settled, mayDecide, onAsk, onAskWhole, onOpenPerson }: Props) {
  const w = useWords();
  const { send, group } = item;
  return (
    <>
      <div className="thin-scroll min-h-0 flex-1 overflow-y-auto px-6 pb-6 max-md:px-3">
        <header className="border-b py-4 max-md:py-3">
          <h2 className="text-lg font-semibold">{w.question(group.people)}</h2>
          <p className="mt-1 flex flex-wrap items-center gap-2 text-muted-foreground">
            {send.campaignId ? (
              <Link
                href={`/campaigns/${send.campaignId}`}
                className="min-w-0 truncate rounded-sm text-foreground underline-offset-4 hover:underline"
              >
                {send.campaignName}
              </Link>
            ) : (
              w.noCampaign
            )}
            <CampaignStateBadge state={send.state} />
            {send.rehearse && <Badge>{w.rehearsal}</Badge>}
            {mayDecide && send.groups.length > 1 && (
              <Button size="sm" onClick={onAskWhole} className="max-md:h-11">
                {w.wholeSend(wholeOf(send).people, send.groups.length)}
              </Button>
            )}
          </p>
        </header>
        <section aria-label={w.why} className="flex flex-col gap-3 py-4">
          {group.reasons.map((one) => (
            <div key={one.reason} className="flex gap-3 rounded-lg bg-warning-soft px-4 py-3">
              <CircleHelp aria-hidden className="mt-0.5 size-4 shrink-0 text-warning" />
              <p className="min-w-0">
                <b className="block font-semibold">{w.reason(one.reason, one.label)}</b>
                <span>{w.reasonHints[one.reason]}</span>
              </p>
            </div>
          ))}
        </section>
        <div className="grid items-start gap-4 xl:grid-cols-2">
          <Facts item={item} />
          <Questions item={item} />
        </div>
        <div className="mt-4">
          <GroupPeople
            item={item}
            settled={settled}
            mayDecide={mayDecide}
            onOpen={onOpenPerson}
            onDecide={(person) => onAsk(null, person)}
          />
        </div>
      </div>
      <footer
        data-actionbar
        className="flex shrink-0 flex-wrap items-center gap-2 border-t bg-card px-6 py-3.5 max-md:px-3 max-md:py-2"
      >
        {mayDecide ? (
          <div className="flex flex-wrap gap-2 max-md:grid max-md:w-full max-md:grid-cols-3">
            {BUTTONS.map(({ key, decision, icon: Icon }) => (
              <button
                key={key}
                type="button"
                disabled={decision === "resend" && !send.mayResend}
                onClick={() => onAsk(decision)}
                className="press flex h-11 min-w-0 items-center gap-2.5 rounded-md border bg-card px-3 text-left shadow-card max-md:h-14 max-md:flex-col max-md:justify-center max-md:gap-1 max-md:px-1 max-md:text-center hover:border-border-strong hover:bg-accent disabled:cursor-not-allowed disabled:bg-muted disabled:text-muted-foreground dark:bg-transparent"
              >
                <Keys combo={key} />
                <Icon aria-hidden className="size-3.5 shrink-0" />
                <span className="min-w-0">
                  <span className="block truncate font-medium max-md:text-xs">
                    {w.decisions[decision].label}
                  </span>
                  <span className="block truncate text-xs text-muted-foreground max-md:hidden">
                    {w.decisions[decision].hint}
                  </span>
                </span>
              </button>
            ))}
          </div>
        ) : (
          <p className="text-muted-foreground">{w.onlyAdmins}</p>
        )}
        {mayDecide && !send.mayResend && <p className="w-full text-xs text-muted-foreground">{w.notAgain}</p>}
      </footer>
    </>
  );
}
