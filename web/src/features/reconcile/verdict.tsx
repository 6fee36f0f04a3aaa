"use client";

import { CircleAlert, CircleCheck, Clock } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { cn } from "@/lib/utils";
import { useBooks } from "./words";

interface Books {
  closed: boolean;
  differences: number;
  openPeople: number;
}

type Props = Books & { uncounted?: number; more?: boolean };

/** A difference is a fault of ours, an open row is a story that goes on: they are never mixed. */
export function Verdict({ closed, differences, openPeople, uncounted = 0, more = false }: Props) {
  const b = useBooks();
  const [Icon, tone, title, hint] = closed
    ? ([CircleCheck, "text-success", b.closed, b.closedHint] as const)
    : differences > 0
      ? ([CircleAlert, "text-destructive", b.apart(differences), b.apartHint] as const)
      : openPeople === 0 && uncounted > 0
        ? ([Clock, "text-warning", b.uncounted(uncounted), b.uncountedHint] as const)
        : openPeople === 0 && more
          ? ([CircleCheck, "text-muted-foreground", b.soFar, b.soFarHint] as const)
          : ([Clock, "text-warning", b.stillOpen(openPeople), b.stillOpenHint] as const);
  return (
    <div role="status" className="flex items-start gap-3">
      <Icon aria-hidden className={cn("mt-0.5 size-5 shrink-0", tone)} />
      <div>
        <p className="text-base font-semibold">{title}</p>
        <p className="text-muted-foreground">{hint}</p>
        {uncounted > 0 && title !== b.uncounted(uncounted) && (
          <p className="text-muted-foreground">{b.uncounted(uncounted)}</p>
        )}
      </div>
    </div>
  );
}

export function BooksBadge({ books }: { books: Books | null }) {
  const b = useBooks();
  if (!books) return <Badge tone="outline">{b.badge.unread}</Badge>;
  if (books.differences > 0) return <Badge tone="danger">{b.badge.apart(books.differences)}</Badge>;
  if (books.openPeople > 0) return <Badge tone="warning">{b.badge.open(books.openPeople)}</Badge>;
  return <Badge tone="success">{b.badge.closed}</Badge>;
}
