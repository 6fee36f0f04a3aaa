"use client";

import { Merge } from "lucide-react";
import { Button } from "@/components/ui/button";
import { useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { useDuplicateCounts } from "./queries";

/** The way to the queue where there is no sidebar; gone when nothing waits. */
export function DuplicatesLink() {
  const t = useT();
  const open = useDuplicateCounts().data?.open ?? 0;
  if (open === 0) return null;
  return (
    <Button asChild className="h-11 md:hidden">
      <Link href="/contacts/duplicates" aria-label={`${t.duplicates.title} ${t.duplicates.left(open)}`}>
        <Merge aria-hidden />
        {open}
      </Link>
    </Button>
  );
}
