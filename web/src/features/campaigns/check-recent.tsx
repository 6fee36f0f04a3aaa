"use client";

import { History } from "lucide-react";
import type { Check } from "@/api/types";
import { Card, CardHead } from "@/components/ui/card";
import { useFormat, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { useWords } from "../approvals/queries";
import type { Whom } from "./check-people";

/** What these people got from us lately, and whether it was this very text. */
export function CheckRecent({ check, onWhom }: { check: Check; onWhom: (whom: Whom) => void }) {
  const t = useT();
  const f = useFormat();
  const w = useWords().people;
  const recent = check.recent;
  if (!recent || (recent.times.length === 0 && recent.similar.length === 0)) return null;
  return (
    <Card>
      <CardHead title={w.recent(recent.days)} />
      <ul>
        {recent.times.map((one) => (
          <li key={one.times} className="border-b last:border-b-0">
            <button
              type="button"
              onClick={() => onWhom({ title: w.times(one.times), recent: one.times })}
              className="flex min-h-10 w-full items-center gap-3 px-4 text-left hover:bg-muted max-md:min-h-11"
            >
              <History aria-hidden className="size-4 shrink-0 text-muted-foreground" />
              <span className="flex-1">{w.times(one.times)}</span>
              <b className="font-semibold">{t.common.people(one.count)}</b>
            </button>
          </li>
        ))}
        {recent.similar.map((one) => (
          <li
            key={one.campaignId}
            className="flex min-h-10 items-center gap-3 border-b px-4 py-2 last:border-b-0"
          >
            <span className="min-w-0 flex-1">
              <Link href={`/campaigns/${one.campaignId}`} className="font-medium hover:underline">
                {one.name}
              </Link>
              <span className="block text-xs text-muted-foreground">
                {w.alike(f.dateTime(one.launchedAt), f.num(Math.round(one.likeness * 100)))}
              </span>
            </span>
            <b className="shrink-0 font-semibold">{t.common.people(one.people)}</b>
          </li>
        ))}
      </ul>
    </Card>
  );
}
