"use client";

import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { useFormat } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { toast } from "@/lib/toast";
import { useReconfirms } from "./list-queries";
import { useListWords } from "./list-words";

/** Consents to adverts are asked for again every two years (network act, article 50 (8)); not a word while none is due. */
export function ReconfirmCard() {
  const w = useListWords().reconfirm;
  const f = useFormat();
  const found = useReconfirms().data;
  if (!found?.people) return null;
  return (
    <Card aria-labelledby="law-reconfirm">
      <CardHead title={<span id="law-reconfirm">{w.title}</span>} hint={w.hint} />
      <p className="border-b px-4 py-2">
        {w.due(f.num(found.people))}{" "}
        {found.overdue > 0 && <span className="text-destructive">{w.overdue(f.num(found.overdue))}</span>}
      </p>
      <ul className="thin-scroll max-h-72 overflow-y-auto">
        {found.items.map((one) => (
          <li
            key={`${one.contactId} ${one.channel} ${one.night}`}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2 last:border-b-0"
          >
            <Link
              href={`/contacts/${one.contactId}`}
              className="w-24 truncate rounded-sm font-medium hover:underline"
            >
              {one.name}
            </Link>
            <span className="min-w-0 flex-1 text-muted-foreground">
              {w.line(f.date(one.at, true), f.date(one.dueOn, true), one.night)}
            </span>
            <Button
              size="sm"
              variant="ghost"
              className="max-md:h-11"
              onClick={() => void navigator.clipboard.writeText(one.text).then(() => toast(w.copied))}
            >
              {w.copy}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
