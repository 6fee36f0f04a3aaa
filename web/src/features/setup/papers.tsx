"use client";

import { FileText } from "lucide-react";
import type { Paper } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { useT } from "@/lib/i18n";

/** What to collect before asking: a missing paper costs another three working days. */
export function Papers({ papers }: { papers: Paper[] }) {
  const t = useT();
  return (
    <section className="rounded-lg bg-muted p-4">
      <h3 className="mb-2 flex items-center gap-2 font-medium">
        <FileText aria-hidden className="size-4 text-muted-foreground" />
        {t.setup.sender.papersTitle}
      </h3>
      <ul className="flex flex-col gap-2">
        {papers.map((paper) => (
          <li key={paper.name}>
            <span className="flex flex-wrap items-center gap-1.5 font-medium">
              {paper.name}
              {paper.when && <Badge tone="outline">{paper.when}</Badge>}
            </span>
            {paper.hint && <span className="block text-xs text-muted-foreground">{paper.hint}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
