"use client";

import type { Import } from "@/api/types";
import { TagChip } from "@/components/ui/badge";
import { useFormat, useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import { usePurposeWords } from "../contacts/purpose-words";

/** Under which conditions the list came in: what one answers when somebody asks. */
export function ImportFacts({ one, column }: { one: Import; column?: boolean }) {
  const t = useT();
  const f = useFormat();
  const p = usePurposeWords();
  const facts: [string, string | null | undefined][] = [
    [t.imports.when, one.createdAt && f.dateTime(one.createdAt)],
    [t.imports.basis, one.basis && (t.contacts.bases[one.basis] ?? one.basis)],
    [t.imports.obtainedOn, one.obtainedOn && f.date(`${one.obtainedOn}T12:00:00+09:00`, true)],
    [t.imports.source, one.source],
    [p.told, one.purposes.map((told) => p.toldOf[told]).join(", ")],
    [t.imports.method, one.policy && t.imports.policies[one.policy as "merge"].title],
  ];
  return (
    <dl
      className={cn("flex text-xs", column ? "flex-col gap-1.5" : "flex-wrap items-center gap-x-7 gap-y-2")}
    >
      {facts.map(
        ([label, value]) =>
          value && (
            <div key={label} className="flex min-w-0 gap-2">
              <dt className={cn("shrink-0 text-muted-foreground", column && "w-16")}>{label}</dt>
              <dd className="min-w-0 break-words font-medium">{value}</dd>
            </div>
          ),
      )}
      {one.tags && one.tags.length > 0 && (
        <div className="flex flex-wrap gap-1">
          <dt className="sr-only">{t.imports.tags}</dt>
          {one.tags.map((tag) => (
            <dd key={tag}>
              <TagChip name={tag} />
            </dd>
          ))}
        </div>
      )}
    </dl>
  );
}
