"use client";

import { Lock } from "lucide-react";
import { lazy, Suspense } from "react";
import type { Import } from "@/api/types";
import { PageHeader } from "@/components/shell/page-header";
import { Empty, Failure, Skeleton } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { useT } from "@/lib/i18n";
import { useRecordId } from "@/lib/router";
import { useImport } from "./queries";
import { RunningScreen } from "./running-screen";

// The state says which one is needed; nobody waits for the code of the others.
const MappingScreen = lazy(() => import("./mapping-screen").then((m) => ({ default: m.MappingScreen })));
const ResultScreen = lazy(() => import("./result-screen").then((m) => ({ default: m.ResultScreen })));

/** One import, whatever it is doing: the state decides what is on the page, so a reload never loses the place. */
export function ImportPage() {
  const t = useT();
  const one = useImport(useRecordId());
  useTitle(one.data?.fileName ?? t.imports.title);
  if (one.isError) {
    return <Failure title={t.imports.loadFailed} error={one.error} onRetry={() => void one.refetch()} />;
  }
  if (!one.data) {
    return <Opening />;
  }
  if (one.data.state === "uploaded") {
    if (one.data.draft) {
      return (
        <Suspense fallback={<Opening />}>
          <MappingScreen one={one.data} draft={one.data.draft} />
        </Suspense>
      );
    }
    return <WaitingScreen one={one.data} />;
  }
  if (one.data.state === "running") return <RunningScreen one={one.data} />;
  return (
    <Suspense fallback={<Opening />}>
      <ResultScreen one={one.data} />
    </Suspense>
  );
}

function Opening() {
  const t = useT();
  return (
    <>
      <PageHeader
        title={t.imports.title}
        trail={[{ href: "/contacts/imports", label: t.imports.listTitle }]}
      />
      <div aria-hidden className="flex flex-col gap-4 p-6">
        <Skeleton className="h-7 w-64" />
        <Skeleton className="h-64 w-full" />
      </div>
    </>
  );
}

/** An upload that somebody else prepares: its rows are people's numbers in full, so only those who may start it see them. */
function WaitingScreen({ one }: { one: Import }) {
  const t = useT();
  return (
    <>
      <PageHeader title={one.fileName} trail={[{ href: "/contacts/imports", label: t.imports.listTitle }]} />
      <Empty icon={Lock} title={t.imports.waitingTitle}>
        {t.imports.waitingHint}
      </Empty>
    </>
  );
}
