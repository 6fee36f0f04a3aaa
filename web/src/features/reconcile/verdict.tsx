"use client";

import { CircleAlert, CircleCheck, Clock } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";

interface Books {
  closed: boolean;
  differences: number;
  openPeople: number;
}

/** A difference is a fault of ours, an open row is a story that goes on: they are never mixed. */
export function Verdict({ closed, differences, openPeople }: Books) {
  const t = useT();
  const b = t.books;
  const [Icon, tone, title, hint] = closed
    ? ([CircleCheck, "text-success", b.closed, b.closedHint] as const)
    : differences > 0
      ? ([CircleAlert, "text-destructive", b.apart(differences), b.apartHint] as const)
      : ([Clock, "text-warning", b.stillOpen(openPeople), b.stillOpenHint] as const);
  return (
    <div role="status" className="flex items-start gap-3">
      <Icon aria-hidden className={cn("mt-0.5 size-5 shrink-0", tone)} />
      <div>
        <p className="text-base font-semibold">{title}</p>
        <p className="text-muted-foreground">{hint}</p>
      </div>
    </div>
  );
}

export function BooksBadge({ books }: { books: Books | null }) {
  const t = useT();
  if (!books) return <Badge tone="outline">{t.books.badge.unread}</Badge>;
  if (books.differences > 0) return <Badge tone="danger">{t.books.badge.apart(books.differences)}</Badge>;
  if (books.openPeople > 0) return <Badge tone="warning">{t.books.badge.open(books.openPeople)}</Badge>;
  return <Badge tone="success">{t.books.badge.closed}</Badge>;
}
