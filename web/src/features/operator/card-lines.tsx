"use client";

import type { ReactNode } from "react";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { Card, CardHead } from "@/components/ui/card";

export function Line({
  name,
  note,
  badge,
}: {
  name: ReactNode;
  note?: ReactNode;
  badge?: [BadgeTone, string];
}) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2.5 last:border-b-0">
      <span className="min-w-0 flex-1 basis-40 font-medium">{name}</span>
      {note && <span className="text-xs text-muted-foreground">{note}</span>}
      {badge && <Badge tone={badge[0]}>{badge[1]}</Badge>}
    </li>
  );
}

export function Part({ title, none, children }: { title: string; none?: string; children: ReactNode[] }) {
  return (
    <Card>
      <CardHead title={title} />
      {children.length === 0 ? (
        <p className="px-4 py-3 text-muted-foreground">{none}</p>
      ) : (
        <ul aria-label={title}>{children}</ul>
      )}
    </Card>
  );
}
