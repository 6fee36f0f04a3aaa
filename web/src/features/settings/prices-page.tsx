"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { http } from "@/api/client";
import type { Price, PriceLine, Prices } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { useMe } from "../session/queries";
import { PriceDialog } from "./price-dialog";
import { SettingsShell } from "./settings-shell";
import { useWords } from "./words";

const noon = (day: string) => `${day}T12:00:00+09:00`;

/** What a message costs, for the sums of a check: an example that says so until the tenant types its own. */
export function PricesPage() {
  const t = useT();
  const f = useFormat();
  const p = useWords().prices;
  const owner = useMe().data?.role === "owner";
  const prices = useQuery({
    queryKey: ["prices"],
    queryFn: ({ signal }) => http.get("/api/prices", { signal }),
  });
  const [changing, setChanging] = useState<Price | null>(null);
  useTitle(p.title);
  const channel = (one: string) => t.setup.carrier.channels[one] ?? one;
  return (
    <SettingsShell title={p.title}>
      {prices.isError ? (
        <Failure title={p.loadFailed} error={prices.error} onRetry={() => void prices.refetch()} />
      ) : (
        <>
          <Card>
            <CardHead title={p.title} />
            {prices.data ? (
              <ul>
                {prices.data.items.map((one) => (
                  <li
                    key={one.channel}
                    className="flex min-h-12 items-center gap-3 border-b px-4 last:border-b-0"
                  >
                    <span className="min-w-0 flex-1 font-medium">{channel(one.channel)}</span>
                    <Badge tone={one.example ? "warning" : "success"}>
                      {one.example ? p.example : p.own}
                    </Badge>
                    <b className="w-20 text-right font-semibold">{p.each(f.num(one.won))}</b>
                    {owner && (
                      <Button
                        size="sm"
                        aria-label={p.changeFor(channel(one.channel))}
                        onClick={() => setChanging(one)}
                        className="max-md:h-11"
                      >
                        {p.change}
                      </Button>
                    )}
                  </li>
                ))}
              </ul>
            ) : (
              <div role="status" aria-label={t.common.loading} className="flex flex-col gap-3 p-4">
                <Skeleton className="h-6 w-full" />
                <Skeleton className="h-6 w-full" />
              </div>
            )}
          </Card>
          <p className="mt-3 text-xs text-muted-foreground">
            {p.text}{" "}
            {prices.data?.items.some((one) => one.example) &&
              p.exampleNote(f.date(noon(prices.data.examplesAsOf), true))}{" "}
            {!owner && p.ownerOnly}
          </p>
          {prices.data && prices.data.lines.length > 0 && (
            <Card className="mt-5">
              <CardHead title={p.lines} hint={p.linesHint} />
              <ul>
                {prices.data.lines.map((one) => (
                  <Line
                    key={`${one.channel} ${one.effectiveOn}`}
                    line={one}
                    channel={channel(one.channel)}
                    ahead={one.effectiveOn > prices.data.today}
                    owner={owner}
                  />
                ))}
              </ul>
            </Card>
          )}
        </>
      )}
      {changing && prices.data && (
        <PriceDialog price={changing} today={prices.data.today} onClose={() => setChanging(null)} />
      )}
    </SettingsShell>
  );
}

function Line({
  line,
  channel,
  ahead,
  owner,
}: {
  line: PriceLine;
  channel: string;
  ahead: boolean;
  owner: boolean;
}) {
  const f = useFormat();
  const p = useWords().prices;
  const client = useQueryClient();
  const errorText = useErrorText();
  const day = f.date(noon(line.effectiveOn), true);
  const remove = useMutation({
    mutationFn: () =>
      http.delete("/api/prices/{channel}/{effective_on}", {
        path: { channel: line.channel as "sms", effective_on: line.effectiveOn },
      }),
    onSuccess: (left) => {
      client.setQueryData<Prices>(["prices"], left);
      toast(p.removed);
    },
    onError: (error) => toast(errorText(error), { tone: "error" }),
  });
  return (
    <li className="flex min-h-11 flex-wrap items-center gap-3 border-b px-4 py-1 last:border-b-0">
      <span className="min-w-40 flex-1">{p.line(channel, day)}</span>
      {ahead && <Badge tone="brand">{p.ahead}</Badge>}
      <b className="font-semibold">{line.won === null ? p.lineExample : p.each(f.num(line.won))}</b>
      {owner && (
        <Button
          size="sm"
          variant="ghost"
          aria-label={p.removeFor(channel, day)}
          busy={remove.isPending}
          onClick={() => remove.mutate()}
          className="max-md:h-11"
        >
          {p.remove}
        </Button>
      )}
    </li>
  );
}
