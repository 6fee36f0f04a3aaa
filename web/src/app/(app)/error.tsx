"use client";

import { TriangleAlert } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/states";
import { useT } from "@/lib/i18n";

/** A screen that failed to draw; the shell around it stays. */
export default function ScreenError({ reset }: { error: Error; reset: () => void }) {
  const t = useT();
  return (
    <Empty
      icon={TriangleAlert}
      title={t.shell.crashed}
      actions={
        <Button variant="primary" onClick={reset}>
          {t.common.retry}
        </Button>
      }
    >
      {t.shell.crashedHint}
    </Empty>
  );
}
