"use client";

import type { ApiError } from "@/api/client";
import { Button } from "@/components/ui/button";
import { useFormat } from "@/lib/i18n";
import { useWords } from "./words";

interface Difference {
  field: string;
  mine: unknown;
  theirs: unknown;
}

interface Props {
  error: ApiError;
  onMine: (version: number) => void;
  onTheirs: () => void;
}

const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value, null, 1));

/** Somebody saved in between: nothing is written over until one of the two is chosen. */
export function StaleCard({ error, onMine, onTheirs }: Props) {
  const t = useWords();
  const f = useFormat();
  const { changedBy, changedAt, version, diff } = error.problem as {
    changedBy?: { name?: string } | null;
    changedAt?: string;
    version?: number;
    diff?: Difference[];
  };
  return (
    <section
      role="alert"
      aria-label={t.staleTitle}
      className="rounded-lg border border-warning bg-warning-soft p-4"
    >
      <p className="font-medium">{t.staleTitle}</p>
      <p className="text-xs text-muted-foreground">
        {t.staleBy(changedBy?.name ?? "", changedAt ? f.dateTime(changedAt) : "")}
      </p>
      {(diff ?? []).map((one) => (
        <div key={one.field} className="mt-3">
          <p className="mb-1 font-medium">{t.staleFields[one.field] ?? one.field}</p>
          <div className="grid gap-2 md:grid-cols-2">
            {(
              [
                [t.staleTheirWords, one.theirs],
                [t.staleMyWords, one.mine],
              ] as const
            ).map(([label, value]) => (
              <div key={label} className="rounded-md border bg-card px-3 py-2">
                <p className="text-xs text-muted-foreground">{label}</p>
                <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{shown(value)}</p>
              </div>
            ))}
          </div>
        </div>
      ))}
      <div className="mt-4 flex flex-wrap gap-2">
        <Button className="max-md:h-11" onClick={onTheirs}>
          {t.staleTheirs}
        </Button>
        <Button variant="primary" className="max-md:h-11" onClick={() => onMine(version ?? 0)}>
          {t.staleMine}
        </Button>
      </div>
    </section>
  );
}
