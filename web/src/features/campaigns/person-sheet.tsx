"use client";

import { Check as CheckIcon, ExternalLink, Minus, X } from "lucide-react";
import type { CampaignMessage } from "@/api/types";
import { Avatar, Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog, SheetContent } from "@/components/ui/dialog";
import { Failure, Skeleton } from "@/components/ui/states";
import { useFormat, useLocale, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { cn } from "@/lib/utils";
import { useExplain, useMessage } from "./queries";
import { useReasonText } from "./reasons";
import { MessageStateBadge } from "./state-badge";

function useOutcome(): (state: string, reason: string | null, label: string) => string {
  const t = useT();
  const reasonText = useReasonText();
  return (state, reason, label) => {
    const say = t.monitor.person.outcome;
    if (state === "failed") return say.failed(reasonText(reason ?? "final", label));
    if (state === "skipped") return say.skipped(reasonText(reason ?? "", label));
    return state in say ? (say[state as "delivered"] as string) : state;
  };
}

const PASSED = ["pass", "passed", "ok", "true"];
const STOPPED = ["stop", "stopped", "fail", "failed", "block", "blocked", "false"];

function Checks({ campaignId, contactId }: { campaignId: string; contactId: string | null }) {
  const t = useT();
  const f = useFormat();
  const explain = useExplain(campaignId, contactId);
  if (!contactId) return null;
  if (explain.isError)
    return <Failure compact error={explain.error} onRetry={() => void explain.refetch()} />;
  if (!explain.data) return <Skeleton className="h-24 w-full" />;
  return (
    <ul className="overflow-hidden rounded-lg border">
      {explain.data.checks.map((one) => {
        const passed = PASSED.includes(one.result);
        const stopped = STOPPED.includes(one.result);
        return (
          <li key={one.check} className="flex items-center gap-3 border-b px-3 py-2 last:border-b-0">
            <span
              aria-hidden
              className={cn(
                "flex size-5 shrink-0 items-center justify-center rounded-full",
                passed && "bg-success-soft text-success",
                stopped && "bg-destructive text-white dark:text-background",
                !passed && !stopped && "bg-secondary text-muted-foreground",
              )}
            >
              {passed ? (
                <CheckIcon className="size-3" />
              ) : stopped ? (
                <X className="size-3" />
              ) : (
                <Minus className="size-3" />
              )}
            </span>
            <span className={cn("w-28 shrink-0", stopped ? "font-semibold" : "text-muted-foreground")}>
              {t.monitor.person.check[one.check] ?? one.label}
            </span>
            <span
              className={cn(
                "min-w-0 flex-1 text-right",
                stopped ? "font-medium text-destructive" : "text-muted-foreground",
              )}
            >
              {stopped
                ? (t.monitor.heldReasons[one.value] ?? t.campaigns.reasons[one.value] ?? one.value)
                : passed
                  ? ""
                  : t.monitor.person.notReached}
              {one.at && stopped ? ` · ${f.dateTime(one.at)}` : ""}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

interface Props {
  campaignId: string;
  person: CampaignMessage | null;
  onClose: () => void;
}

/** One person of one campaign: the answer in a sentence first, then what was checked and tried, in order. */
export function PersonSheet({ campaignId, person, onClose }: Props) {
  const t = useT();
  const f = useFormat();
  const outcome = useOutcome();
  const { locale } = useLocale();
  const reasonText = useReasonText();
  const message = useMessage(person?.id ?? null);
  const state = message.data?.state ?? person?.state ?? "queued";
  const last = Math.max(0, ...(message.data?.attempts.map((attempt) => attempt.step) ?? []));
  const heading = "mb-2 text-xs text-muted-foreground";
  return (
    <Dialog open={person !== null} onOpenChange={(open) => !open && onClose()}>
      {person && (
        <SheetContent
          title={person.name || t.contacts.noName}
          header={
            <>
              <Avatar name={person.name || t.contacts.noName} />
              <b className="truncate font-semibold">{person.name || t.contacts.noName}</b>
              <MessageStateBadge state={state} />
              <span className="flex-1" />
              {person.contactId && (
                <Button asChild variant="ghost" size="sm">
                  <Link href={`/contacts?open=${person.contactId}`}>
                    <ExternalLink aria-hidden />
                    {t.monitor.person.openContact}
                  </Link>
                </Button>
              )}
            </>
          }
        >
          <div className="flex flex-col gap-6 p-5">
            <p className="text-lg font-semibold">
              {outcome(state, message.data?.reason ?? person.reason, person.reasonLabel)}
            </p>
            <section>
              <h3 className={heading}>{t.monitor.person.checks}</h3>
              <Checks campaignId={campaignId} contactId={person.contactId} />
            </section>
            <section>
              <h3 className={heading}>{t.monitor.person.text}</h3>
              {message.isError ? (
                <Failure compact error={message.error} onRetry={() => void message.refetch()} />
              ) : message.data?.text ? (
                <p className="rounded-[14px] rounded-bl-[5px] bg-secondary px-3.5 py-2.5 whitespace-pre-wrap">
                  {message.data.text}
                </p>
              ) : (
                <p className="text-muted-foreground">
                  {message.isPending ? t.common.loading : t.monitor.person.noText}
                </p>
              )}
            </section>
            <section>
              <h3 className={heading}>{t.monitor.person.attempts}</h3>
              {message.data && message.data.attempts.length === 0 && (
                <p className="text-muted-foreground">{t.monitor.person.noAttempts}</p>
              )}
              <ol className="flex flex-col gap-2">
                {message.data?.attempts.map((attempt) => (
                  <li key={attempt.n} className="flex flex-wrap items-center gap-x-2 gap-y-1">
                    {last > 0 && (
                      <span className="text-xs text-muted-foreground">
                        {t.composer.stepNo(attempt.step + 1)}
                      </span>
                    )}
                    <Badge>{t.contacts.channels[attempt.channel] ?? attempt.channel}</Badge>
                    <span>{t.monitor.person.attemptStates[attempt.state] ?? attempt.state}</span>
                    {attempt.failureClass && (
                      <span className="text-muted-foreground">{reasonText(attempt.failureClass)}</span>
                    )}
                    <span className="ml-auto text-xs text-muted-foreground">
                      {attempt.code && attempt.codeLabel === attempt.code ? `${attempt.code} · ` : ""}
                      {f.clockSeconds(attempt.updatedAt)}
                    </span>
                    {attempt.code && attempt.codeLabel !== attempt.code && (
                      <span className="w-full text-muted-foreground">
                        {reasonText(attempt.code, attempt.codeLabel)}
                        {locale === "ko" && attempt.mend && ` · ${attempt.mend}`}
                      </span>
                    )}
                  </li>
                ))}
              </ol>
              {message.data?.incidents.includes("overlap") && (
                <p className="mt-2 text-warning">{t.monitor.person.overlap}</p>
              )}
            </section>
          </div>
        </SheetContent>
      )}
    </Dialog>
  );
}
