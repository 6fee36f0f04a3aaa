"use client";

import { TriangleAlert } from "lucide-react";
import { useFormat, useT } from "@/lib/i18n";
import { Link } from "@/lib/router";

/** Numbers one after another are made up rather than given (C-08): said before the list comes in, and where it is done. */
export function MadeUp({ count, link }: { count: number; link?: boolean }) {
  const t = useT();
  const f = useFormat();
  return (
    <p className="flex items-start gap-2">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warning" />
      <span>
        {t.imports.madeUp(f.num(count))}{" "}
        {link && (
          <Link href="/law" className="font-medium underline">
            {t.imports.madeUpOpen}
          </Link>
        )}
      </span>
    </p>
  );
}
