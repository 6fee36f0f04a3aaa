"use client";

import { Lightbulb } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { Campaign } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Confirm } from "@/components/ui/dialog";
import { useErrorText } from "@/components/ui/states";
import { Rich, useFormat } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { FIRST, type Results, type Text, useChangeTexts, useResultWords, useWritten } from "./queries";
import type { Replaced } from "./replace-dialog";

const ReplaceDialog = dynamic(() => import("./replace-dialog").then((m) => m.ReplaceDialog), { ssr: false });
const CHANGEABLE = ["running", "paused", "held"];

function onlyText(campaign: Campaign): Replaced {
  const texts = campaign.steps.filter((step) => step.channel !== "alimtalk");
  return { ...FIRST, bodies: texts.map((step) => step.body ?? "") };
}

const nameOf = (text: Text) => text.name || text.key;

/** Texts side by side on one scale: where the intervals overlap, nobody is ahead. */
export function TextsCard({ found, mayChange }: { found: Results; mayChange: boolean }) {
  const campaign = useWritten(found.campaignId).data;
  const channels = campaign?.steps.map((step) => step.channel ?? "sms") ?? [];
  const worded = channels.some((channel) => channel !== "alimtalk");
  const w = useResultWords();
  const f = useFormat();
  const errorText = useErrorText();
  const change = useChangeTexts(found.campaignId);
  const [retiring, setRetiring] = useState<Text | null>(null);
  const [replacing, setReplacing] = useState<Replaced | null>(null);
  const top = Math.max(0.01, ...found.texts.map((one) => one.clickRate?.high ?? 0));
  const open = mayChange && CHANGEABLE.includes(found.state);
  const active = found.texts.filter((one) => one.active).length;
  const leader = found.texts.find((one) => one.key === found.leader);
  const place = (rate: number) => `${((100 * rate) / top).toFixed(2)}%`;
  return (
    <Card>
      <CardHead title={w.texts} hint={found.texts.length > 0 && w.textsHint} />
      {found.texts.length === 0 ? (
        <div className="px-4 py-8 text-center">
          <p className="font-medium">{w.oneText}</p>
          <p className="text-xs text-muted-foreground">
            {open && campaign?.messageClass === "campaign" ? w.oneForCampaign : w.oneTextHint}
          </p>
          {open && worded && campaign && campaign.messageClass !== "campaign" && (
            <Button className="mt-3 max-md:h-11" onClick={() => setReplacing(onlyText(campaign))}>
              {w.replaceOne}
            </Button>
          )}
        </div>
      ) : (
        <>
          <ul aria-label={w.texts}>
            {found.texts.map((one) => {
              const rate = one.clickRate;
              const ahead = one.key === found.leader;
              return (
                <li key={one.key} className="flex gap-3 border-b px-4 py-3">
                  <Badge tone={ahead ? "brand" : "neutral"}>{one.key}</Badge>
                  <div className="min-w-0 flex-1">
                    <p className="flex items-center gap-2">
                      <span className="min-w-0 truncate font-medium">{one.name || one.body}</span>
                      {one.active ? (
                        <span className="shrink-0 text-xs text-muted-foreground">{w.share(one.share)}</span>
                      ) : (
                        <Badge tone="outline">{w.retired}</Badge>
                      )}
                      <b className="ml-auto shrink-0 font-semibold">
                        {rate ? f.percent(rate.rate * 1000, 1000) : "–"}
                      </b>
                    </p>
                    <div aria-hidden className="relative my-2 h-1.5 rounded-full bg-secondary">
                      {rate && (
                        <>
                          <span
                            className={
                              ahead
                                ? "absolute inset-y-0 rounded-full bg-brand/50"
                                : "absolute inset-y-0 rounded-full bg-border-strong"
                            }
                            style={{ left: place(rate.low), width: place(rate.high - rate.low) }}
                          />
                          <span
                            className="absolute -top-0.5 size-2.5 -translate-x-1/2 rounded-full border-2 border-card bg-foreground"
                            style={{ left: place(rate.rate) }}
                          />
                        </>
                      )}
                    </div>
                    <p className="flex flex-wrap items-center gap-x-3 text-xs text-muted-foreground">
                      <span>{w.textLine(one.delivered, one.clicked)}</span>
                      {rate && (
                        <span>
                          {f.percent(rate.low * 1000, 1000)}–{f.percent(rate.high * 1000, 1000)}
                        </span>
                      )}
                      {open && one.active && (
                        <span className="ml-auto flex gap-1.5">
                          {worded && (
                            <Button size="sm" className="max-md:h-11" onClick={() => setReplacing(one)}>
                              {w.replace}
                              <span className="sr-only"> {nameOf(one)}</span>
                            </Button>
                          )}
                          {active > 1 && (
                            <Button size="sm" className="max-md:h-11" onClick={() => setRetiring(one)}>
                              {w.retire}
                              <span className="sr-only"> {nameOf(one)}</span>
                            </Button>
                          )}
                        </span>
                      )}
                    </p>
                  </div>
                </li>
              );
            })}
          </ul>
          <p className="m-4 flex items-center gap-2 rounded-md bg-brand-soft/60 px-3 py-2 text-xs">
            <Lightbulb aria-hidden className="size-4 shrink-0 text-brand-fg" />
            <span>
              <Rich text={leader ? w.ahead(nameOf(leader)) : w.noneAhead} />
            </span>
          </p>
        </>
      )}
      {found.decisions.length > 0 && (
        <ul aria-label={w.decisions} className="border-t px-4 py-2 text-xs text-muted-foreground">
          {found.decisions.map((one) => (
            <li key={one.id} className="flex gap-2 py-1">
              <span>{f.dateTime(one.decidedAt)}</span>
              <span className="font-medium text-foreground">
                {one.keys.join(" → ")} {w.decided[one.action] ?? one.action}
              </span>
              <span className="min-w-0 truncate">{one.reason}</span>
            </li>
          ))}
        </ul>
      )}
      <Confirm
        open={retiring !== null}
        onOpenChange={(shown) => !shown && setRetiring(null)}
        title={retiring ? w.retireTitle(nameOf(retiring)) : ""}
        action={w.retire}
        busy={change.isPending}
        onConfirm={() =>
          retiring &&
          change.mutate(
            { action: "retire", keys: [retiring.key] },
            {
              onSettled: () => setRetiring(null),
              onError: (error) => toast(errorText(error), { tone: "error" }),
            },
          )
        }
      >
        {w.retireText}
      </Confirm>
      {replacing && (
        <ReplaceDialog
          campaignId={found.campaignId}
          text={replacing}
          taken={found.texts.length > 0 ? found.texts.map((one) => one.key) : [replacing.key]}
          channels={channels}
          onClose={() => setReplacing(null)}
        />
      )}
    </Card>
  );
}
