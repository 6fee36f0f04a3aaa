"use client";

import { RadioTower } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Empty, Failure, Skeleton } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { Link } from "@/lib/router";
import { useMe } from "../session/queries";
import { useCarrierAccounts } from "../setup/queries";
import { CarrierCard } from "./carrier-card";
import { useAccountStates } from "./carrier-queries";
import { SendersCard } from "./senders-card";
import { SettingsShell } from "./settings-shell";
import { useWords } from "./words";

/** The ways out: carrier accounts with their limits and health, and the numbers registered under them. */
export function CarriersPage() {
  const c = useWords().carriers;
  const role = useMe().data?.role;
  const sees = role === "owner" || role === "admin";
  const owner = role === "owner";
  const accounts = useCarrierAccounts(sees);
  const states = useAccountStates(sees).data;
  useTitle(c.title);
  const add = (
    <Button asChild variant="primary" className="max-md:h-11">
      <Link href="/setup">{c.add}</Link>
    </Button>
  );
  return (
    <SettingsShell title={c.title} actions={owner && add}>
      {role === "staff" ? (
        <p className="mb-5 text-muted-foreground">{c.hidden}</p>
      ) : accounts.isError ? (
        <Failure title={c.loadFailed} error={accounts.error} onRetry={() => void accounts.refetch()} />
      ) : accounts.data ? (
        <>
          {accounts.data.length === 0 && (
            <Card className="mb-5">
              <Empty icon={RadioTower} title={c.empty} actions={owner && add} />
            </Card>
          )}
          {accounts.data.map((one) => (
            <CarrierCard key={one.id} account={one} state={states?.get(one.id)} owner={owner} />
          ))}
          {!owner && <p className="mb-5 text-xs text-muted-foreground">{c.ownerOnly}</p>}
        </>
      ) : (
        <Card aria-hidden className="mb-5 flex flex-col gap-3 p-4">
          <Skeleton className="h-5 w-40" />
          <Skeleton className="h-16 w-full" />
        </Card>
      )}
      <SendersCard accounts={accounts.data ?? []} manages={sees} />
    </SettingsShell>
  );
}
