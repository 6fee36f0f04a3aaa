"use client";

import { useState } from "react";
import type { CarrierAccount, Sender } from "@/api/types";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Confirm } from "@/components/ui/dialog";
import { Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { toast } from "@/lib/toast";
import { useSenders } from "../campaigns/queries";
import { useChangeSender } from "./carrier-queries";
import { useWords } from "./words";

const TONE: Record<string, BadgeTone> = { registered: "success", pending: "warning", rejected: "danger" };

/** Numbers and Kakao channels with their registration. It happens at the carrier; here somebody says that it is done. */
export function SendersCard({ accounts, manages }: { accounts: CarrierAccount[]; manages: boolean }) {
  const t = useT();
  const f = useFormat();
  const c = useWords().carriers;
  const errorText = useErrorText();
  const senders = useSenders();
  const change = useChangeSender();
  const [asked, setAsked] = useState<Sender | null>(null);
  const stops = asked?.state === "registered";
  const shown = (one: Sender) => (one.kind === "phone" ? f.phone(one.value) : one.value);
  const save = (id: string, state: "registered" | "stopped") =>
    change.mutate(
      { id, state },
      {
        onSuccess: () => toast(c.saved),
        onError: (error) => toast(errorText(error), { tone: "error" }),
        onSettled: () => setAsked(null),
      },
    );
  return (
    <Card>
      <CardHead
        title={c.senders}
        hint={c.sendersHint}
        actions={
          manages && (
            <Button asChild size="sm" className="max-md:h-11">
              <Link href="/setup">{c.setup}</Link>
            </Button>
          )
        }
      />
      {senders.isError ? (
        <Failure compact error={senders.error} onRetry={() => void senders.refetch()} />
      ) : !senders.data ? (
        <div role="status" aria-label={t.common.loading} className="p-4">
          <Skeleton className="h-6 w-full" />
        </div>
      ) : senders.data.length === 0 ? (
        <p className="px-4 py-6 text-center text-muted-foreground">{c.sendersEmpty}</p>
      ) : (
        <ul>
          {senders.data.map((one) => (
            <li
              key={one.id}
              className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2 last:border-b-0"
            >
              <span className="min-w-40 flex-1">
                <b className="font-medium break-all">{shown(one)}</b>{" "}
                <span className="text-muted-foreground">{one.name}</span>
                <span className="block text-xs text-muted-foreground">
                  {[c.kinds[one.kind], accounts.find((account) => account.id === one.accountId)?.name]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              </span>
              <Badge tone={TONE[one.state] ?? "outline"}>{c.states[one.state] ?? one.state}</Badge>
              {manages &&
                (one.state === "registered" ? (
                  <Button
                    size="sm"
                    variant="ghost"
                    aria-label={c.stopFor(shown(one))}
                    onClick={() => setAsked(one)}
                    className="max-md:h-11"
                  >
                    {c.stop}
                  </Button>
                ) : (
                  <Button
                    size="sm"
                    aria-label={c.attestFor(shown(one))}
                    onClick={() => setAsked(one)}
                    className="max-md:h-11"
                  >
                    {c.attest}
                  </Button>
                ))}
            </li>
          ))}
        </ul>
      )}
      {asked && (
        <Confirm
          open
          onOpenChange={(open) => !open && setAsked(null)}
          title={stops ? c.stopTitle(shown(asked)) : c.attestTitle(shown(asked))}
          action={stops ? c.stop : c.attest}
          danger={stops}
          busy={change.isPending}
          onConfirm={() => save(asked.id, stops ? "stopped" : "registered")}
        >
          {stops ? c.stopText : c.attestText}
        </Confirm>
      )}
    </Card>
  );
}
