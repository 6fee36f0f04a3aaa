"use client";

import dynamic from "next/dynamic";
import { Button } from "@/components/ui/button";
import { Failure, Skeleton } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { useCalendar, useCandidacies } from "../law/queries";
import { useMe } from "../session/queries";
import { Papers } from "./papers";
import type { StepProps } from "./setup-page";

const CandidacyForm = dynamic(() => import("../law/candidacy-form").then((m) => m.CandidacyForm), {
  ssr: false,
});

/** The same three steps as on the law page. Whoever has no certificate yet notes what will be asked for and goes on. */
export function CandidacyStep({ setup, onDone, busy }: StepProps) {
  const t = useT();
  const c = t.setup.candidacy;
  const manages = useMe().data?.permissions.includes("candidacies.manage") ?? false;
  const candidacies = useCandidacies();
  const calendar = useCalendar(null);
  const one = candidacies.data?.[0];
  const failed = candidacies.isError ? candidacies : calendar.isError ? calendar : null;
  if (one) {
    return (
      <div className="flex flex-col gap-4">
        <p>{c.entered(one.name)}</p>
        <div className="flex gap-2">
          <Button variant="primary" busy={busy} onClick={() => onDone()}>
            {c.noted}
          </Button>
          <Button asChild>
            <Link href="/law">{c.open}</Link>
          </Button>
        </div>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <p>{c.text}</p>
      <Papers papers={setup.papers.candidacy} />
      {failed ? (
        <Failure compact error={failed.error} onRetry={() => void failed.refetch()} />
      ) : candidacies.isPending || !calendar.data ? (
        <Skeleton className="h-40 w-full" />
      ) : (
        manages && <CandidacyForm calendar={calendar.data} onDone={() => onDone()} />
      )}
      <div>
        <Button variant="ghost" busy={busy} onClick={() => onDone()} className="-ml-3">
          {c.noted}
        </Button>
      </div>
    </div>
  );
}
