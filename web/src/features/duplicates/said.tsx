"use client";

import { Lock } from "lucide-react";
import type { Pair } from "@/api/types";
import { useFormat, useT } from "@/lib/i18n";

/** What each of them wrote last: what a person would look up by hand. */
export function Said({ pair }: { pair: Pair }) {
  const t = useT();
  const f = useFormat();
  const lines = [
    { side: pair.a, label: t.duplicates.sideA },
    { side: pair.b, label: t.duplicates.sideB },
  ].filter(({ side }) => side.said && side.saidAt);
  const refused = pair.a.consent === "refused" || pair.b.consent === "refused";
  if (lines.length === 0 && !refused) return null;
  return (
    <section className="mt-6 md:pl-[84px]">
      {lines.length > 0 && <h3 className="mb-1 text-muted-foreground">{t.duplicates.said}</h3>}
      {lines.map(({ side, label }) => (
        <p key={side.id} className="flex flex-wrap gap-x-6 gap-y-1 border-t py-2.5">
          <span className="text-muted-foreground">
            {label} · {side.saidAt && f.date(side.saidAt)}
          </span>
          <span className="min-w-0">{side.said}</span>
        </p>
      ))}
      {refused && (
        <p className="flex items-center gap-2 border-t py-2.5 text-muted-foreground">
          <Lock aria-hidden className="size-3.5 shrink-0" />
          {t.duplicates.refusedNote}
        </p>
      )}
    </section>
  );
}
