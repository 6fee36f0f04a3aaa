"use client";

import { Smartphone } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { Campaign } from "@/api/types";
import { Button } from "@/components/ui/button";
import { useT } from "@/lib/i18n";

const TestDialog = dynamic(() => import("./test-dialog").then((m) => m.TestDialog), { ssr: false });

/** Opens what most people never load: the test is a dialog of its own. */
export function TestButton({ campaign, disabled }: { campaign: Campaign; disabled?: boolean }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="lg" disabled={disabled} onClick={() => setOpen(true)} className="max-md:h-12">
        <Smartphone aria-hidden />
        {t.composer.testFirst}
      </Button>
      {open && <TestDialog campaign={campaign} onClose={() => setOpen(false)} />}
    </>
  );
}
