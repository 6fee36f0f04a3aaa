"use client";

import { LogOut } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Failure, Skeleton } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { useFormat } from "@/lib/i18n";
import { Carriers, Lines, Load, Parts, Workers } from "./health-cards";
import { shutOut } from "./names";
import { OperatorLogin } from "./operator-login";
import { useHealth, useOperatorDoor } from "./queries";
import { useWords } from "./words";

/** The installation: what is alive, what waits where, how carriers answer. Nothing that belongs to a camp but its name. */
export function OperatorPage() {
  const w = useWords();
  const f = useFormat();
  const query = useHealth();
  const { leave } = useOperatorDoor();
  const health = query.data;
  useTitle(w.title);
  if (shutOut(query.error)) return <OperatorLogin />;
  return (
    <main className="thin-scroll h-dvh overflow-y-auto">
      <div className="mx-auto flex w-full max-w-[1080px] flex-col gap-4 px-6 py-6 max-md:px-4 max-md:py-5">
        <header className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="text-lg font-semibold">{w.title}</h1>
          {health && (
            <span className="text-xs text-muted-foreground">
              {w.version(health.version)} · {w.asOf(f.clockSeconds(health.asOf))}
            </span>
          )}
          <Button
            variant="ghost"
            busy={leave.isPending}
            onClick={() => leave.mutate()}
            className="ml-auto max-md:h-11"
          >
            <LogOut aria-hidden />
            {w.logout}
          </Button>
        </header>
        {query.isError && (
          <Failure compact title={w.loadFailed} error={query.error} onRetry={() => void query.refetch()} />
        )}
        {health ? (
          <div className="grid gap-4 md:grid-cols-2 md:items-start">
            <div className="flex min-w-0 flex-col gap-4">
              <Parts health={health} />
              {health.lines && <Lines lines={health.lines} />}
              {health.database && <Workers base={health.database} />}
            </div>
            <div className="flex min-w-0 flex-col gap-4">
              {health.database && <Load load={health.database.load} />}
              {health.database && <Carriers carriers={health.database.carriers} />}
            </div>
          </div>
        ) : (
          !query.isError && <Skeleton className="h-72 w-full rounded-lg" />
        )}
      </div>
    </main>
  );
}
