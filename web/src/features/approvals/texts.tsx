"use client";

import type { Campaign, Check } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Card, CardHead } from "@/components/ui/card";
import { useFormat, useT } from "@/lib/i18n";
import { useWords } from "./queries";

/** What each step says, with the range of bytes it came to over the real people. */
export function Texts({ campaign, check }: { campaign: Campaign; check: Check }) {
  const t = useT();
  const f = useFormat();
  const w = useWords();
  return (
    <Card>
      <CardHead title={w.message} />
      <ol>
        {campaign.steps.map((step, index) => {
          const weighed = check.steps[index];
          return (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the order
              key={index}
              className="border-b px-4 py-3 last:border-b-0"
            >
              <p className="mb-2 flex items-center gap-2 text-xs text-muted-foreground">
                <span className="flex-1">
                  {w.step(index + 1, t.contacts.channels[step.channel ?? "sms"] ?? "")}
                </span>
                {weighed && weighed.bytes.max > 0 && (
                  <span>{w.bytes(f.num(weighed.bytes.min), f.num(weighed.bytes.max))}</span>
                )}
                {weighed?.perChannel.map((one) => (
                  <Badge key={one.channel}>{t.contacts.channels[one.channel] ?? one.channel}</Badge>
                ))}
              </p>
              <p className="rounded-lg bg-secondary px-3.5 py-2.5 break-words whitespace-pre-wrap">
                {step.body || w.kakao}
              </p>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
