"use client";

import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { useCalendar, useCandidacies, useToday } from "../law/queries";
import { Verdict } from "../law/today-card";
import { useWords } from "../law/words";
import { Section } from "./overview-parts";

/** What a camp decides about in the morning; the rest is on the law page. */
const ASKED = ["campaign:selection:lms", "campaign:hand:lms", "civic:selection:lms", "turnout:selection:lms"];

/** How far the election is, what may go out today, how many of the eight are left. */
export function LawCard() {
  const w = useWords();
  const f = useFormat();
  const calendar = useCalendar(null).data;
  const today = useToday(null);
  const candidacy = useCandidacies().data?.find((one) => one.electionDay === calendar?.electionDay);
  if (today.isError) return null; // an aside: the law page says what is wrong
  const lines = (today.data?.items ?? []).filter((one) =>
    ASKED.includes(`${one.messageClass}:${one.origin}:${one.channel}`),
  );
  return (
    <Section title={w.table.title} href="/law" link={w.title}>
      <Card className="px-4 py-3">
        {calendar?.electionDay && (
          <p className="flex items-baseline gap-2 pb-2">
            <b className="shrink-0 text-xl font-semibold whitespace-nowrap">{calendar.dDay}</b>
            <span className="text-xs text-muted-foreground">
              {f.date(calendar.electionDay, true)}
              {candidacy && ` · ${w.eight.title} ${w.eight.hint(8 - candidacy.left, candidacy.left)}`}
            </span>
          </p>
        )}
        {today.isPending ? (
          <Skeleton className="h-32 w-full" />
        ) : (
          <ul>
            {lines.map((one) => (
              <li
                key={`${one.messageClass}-${one.origin}`}
                title={w.reason(one.verdict, one.rule, one.reason)}
                className="flex min-h-9 items-center gap-3 border-t py-1 first:border-t-0"
              >
                <span className="min-w-0 flex-1 truncate">
                  {w.kind(one.messageClass, one.label)}{" "}
                  <span className="text-xs text-muted-foreground">
                    {w.how(`${one.origin}:${one.channel}`, one.how)}
                  </span>
                </span>
                <Verdict verdict={one.verdict} />
              </li>
            ))}
          </ul>
        )}
      </Card>
    </Section>
  );
}
