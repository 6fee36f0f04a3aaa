"use client";

import { BellOff, Copy, Layers, MessageCircle, PhoneOff, Smartphone, UserMinus, Users } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Avatar } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Failure, Skeleton } from "@/components/ui/states";
import { num, percent } from "@/lib/format";
import { useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { cn } from "@/lib/utils";
import type { SegmentWords } from "@/messages/ko/segments";
import { totalText } from "./count";
import type { Total } from "./counting";
import type { Preview } from "./queries";

interface Props {
  preview: { data?: Preview & { seconds: number }; isFetching: boolean; isError: boolean; error: unknown };
  onRetry: () => void;
  channels: { key: "sms" | "kakao" | "email"; total: Total | undefined }[];
  all: Total | undefined;
  /** Leaves one person out by hand. */
  onLeaveOut: (id: string, name: string) => void;
  /** The condition that nobody meets, if that is why nobody is left. */
  emptiedBy: string | null;
  /** What they meet that others don't, in a few words. */
  whyOf: (person: Preview["sample"][number], met: number[]) => string;
  /** Where all of them are listed, once the rule is saved as it stands. */
  listed: string | null;
  w: SegmentWords;
}

const ICONS = {
  segment: <Layers aria-hidden className="size-4 text-destructive" />,
  contact: <UserMinus aria-hidden className="size-4 text-destructive" />,
  opted_out: <BellOff aria-hidden className="size-4 text-destructive" />,
  no_phone: <PhoneOff aria-hidden className="size-4 text-warning" />,
  same_number: <Copy aria-hidden className="size-4 text-warning" />,
};

const UNREACHED = ["opted_out", "no_phone", "same_number"] as const;

function Line({
  icon,
  label,
  value,
  strong,
}: {
  icon?: ReactNode;
  label: string;
  value: string;
  strong?: boolean;
}) {
  return (
    <div className={cn("flex min-h-9 items-center gap-2.5 px-3", strong && "bg-muted font-semibold")}>
      <dt className="flex min-w-0 flex-1 items-center gap-2.5">
        {icon}
        {label}
      </dt>
      <dd className={strong ? "" : "text-muted-foreground"}>{value}</dd>
    </div>
  );
}

/** How many more or fewer than before the last change. */
function useChange(value: number | undefined) {
  const before = useRef<number | undefined>(undefined);
  const [by, setBy] = useState(0);
  useEffect(() => {
    if (value === undefined) return;
    if (before.current !== undefined) setBy(value - before.current);
    before.current = value;
  }, [value]);
  return by;
}

export function ResultRail({
  preview,
  onRetry,
  channels,
  all,
  onLeaveOut,
  emptiedBy,
  whyOf,
  listed,
  w,
}: Props) {
  const t = useT();
  const found = preview.data;
  const off = (reason: string) => found?.excluded.find((one) => one.reason === reason);
  const exact = found?.relation === "eq" && found.excluded.every((one) => one.relation === "eq");
  const unreached = UNREACHED.reduce((sum, reason) => sum + (off(reason)?.count ?? 0), 0);
  const reach = found && exact ? Math.max(0, found.count - unreached) : undefined;
  const by = useChange(reach ?? found?.count);
  const hero =
    found &&
    (reach === undefined
      ? totalText({ value: found.count, relation: found.relation }, w)
      : w.people(num(reach)));
  const names = {
    segment: w.inOther,
    contact: w.byHand,
    opted_out: w.refused,
    no_phone: w.noNumber,
    same_number: w.sameNumber,
  };
  const lines = (reasons: (keyof typeof names)[]) =>
    reasons.map((reason) => {
      const one = off(reason);
      if (!one || one.count === 0) return null;
      return (
        <Line
          key={reason}
          icon={ICONS[reason]}
          label={names[reason]}
          value={`−${one.relation === "gte" ? w.capped(one.count) : num(one.count)}`}
        />
      );
    });
  return (
    <aside
      aria-label={w.rail}
      className="thin-scroll flex w-[348px] shrink-0 flex-col overflow-y-auto border-l bg-background max-lg:w-full max-lg:border-t max-lg:border-l-0"
    >
      {preview.isError && !found ? (
        <Failure compact title={w.countFailed} error={preview.error} onRetry={onRetry} />
      ) : (
        <section aria-busy={preview.isFetching} className="busy-bar flex flex-col gap-3 border-b p-5">
          <div className="flex items-center gap-2 text-xs text-muted-foreground">
            <i aria-hidden className="size-1.5 rounded-full bg-success" />
            {reach === undefined ? w.matching : w.sendable}
            <span className="ml-auto">
              {preview.isFetching ? w.counting : found && w.took(found.seconds.toFixed(2))}
            </span>
          </div>
          <p role="status" className="flex flex-wrap items-baseline gap-2 text-2xl font-semibold">
            {hero ?? <Skeleton className="h-8 w-28" />}
            {by !== 0 && !preview.isFetching && (
              <span className={cn("text-xs font-medium", by > 0 ? "text-success" : "text-muted-foreground")}>
                {w.change(by)}
              </span>
            )}
          </p>
          {found && found.count > 0 && all?.relation === "eq" && exact && (
            <p className="text-xs text-muted-foreground">
              {w.ofAll(percent(reach ?? found.count, all.value))}
            </p>
          )}
          {found && (
            <dl className="divide-y overflow-hidden rounded-lg border bg-card shadow-card">
              {lines(["segment", "contact"])}
              <Line
                icon={<Users aria-hidden className="size-4 text-muted-foreground" />}
                label={w.matching}
                value={totalText({ value: found.count, relation: found.relation }, w)}
              />
              {lines([...UNREACHED])}
              {reach !== undefined && <Line strong label={w.reach} value={w.people(num(reach))} />}
            </dl>
          )}
          {found?.count === 0 && (
            <p role="alert" className="text-sm text-warning">
              {emptiedBy ? w.emptied(emptiedBy) : w.nobody}
            </p>
          )}
        </section>
      )}
      {found && found.count > 0 && channels.some((one) => one.total) && (
        <section className="flex flex-col gap-2.5 border-b p-5">
          <h2 className="text-xs text-muted-foreground">{w.channels}</h2>
          {channels.map(({ key, total }) => {
            const share = total && found.count > 0 ? Math.min(1, total.value / found.count) : 0;
            return (
              <div key={key} className="flex flex-col gap-1">
                <span className="flex items-center gap-2">
                  {key === "kakao" ? (
                    <MessageCircle aria-hidden className="size-4 text-muted-foreground" />
                  ) : (
                    <Smartphone aria-hidden className="size-4 text-muted-foreground" />
                  )}
                  {t.contacts.channels[key]}
                  <span className="ml-auto font-medium">{total ? totalText(total, w) : "–"}</span>
                </span>
                <span aria-hidden className="h-1 overflow-hidden rounded-full bg-secondary">
                  <i
                    className={cn(
                      "block h-full origin-left rounded-full",
                      key === "sms" ? "bg-chart-1" : "bg-chart-2",
                    )}
                    style={{ transform: `scaleX(${share})` }}
                  />
                </span>
              </div>
            );
          })}
        </section>
      )}
      {found && found.sample.length > 0 && (
        <section className="flex flex-col gap-1 p-5">
          <div className="mb-1 flex items-center justify-between text-xs">
            <h2 className="text-muted-foreground">{w.samples}</h2>
            {listed && (
              <Link href={listed} className="rounded-sm font-medium text-brand-fg hover:underline">
                {w.seeAll}
              </Link>
            )}
          </div>
          <ul>
            {found.sample.map((one) => {
              const name = one.name || t.contacts.noName;
              return (
                <li key={one.id} className="group/one flex min-h-9 items-center gap-2">
                  <Avatar name={name} />
                  <Link
                    href={`/contacts/${one.id}`}
                    className="shrink-0 rounded-sm font-medium hover:underline"
                  >
                    {name}
                  </Link>
                  <span className="min-w-0 flex-1 truncate text-right text-xs text-muted-foreground">
                    {whyOf(one, found.why[one.id] ?? []) || one.district}
                  </span>
                  <Button
                    variant="ghost"
                    size="sm"
                    aria-label={w.leaveOut(name)}
                    onClick={() => onLeaveOut(one.id, name)}
                    className="max-md:h-11"
                  >
                    {w.exclude}
                  </Button>
                </li>
              );
            })}
          </ul>
        </section>
      )}
    </aside>
  );
}
