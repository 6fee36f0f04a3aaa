"use client";

import { MapPinOff } from "lucide-react";
import { useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { Button } from "../ui/button";
import { Empty } from "../ui/states";

export function NotFoundPage() {
  const t = useT();
  return (
    <main className="flex h-dvh items-center justify-center">
      <Empty
        icon={MapPinOff}
        title={t.shell.notFound}
        actions={
          <Button asChild variant="primary">
            <Link href="/">{t.shell.goHome}</Link>
          </Button>
        }
      >
        {t.shell.notFoundHint}
      </Empty>
    </main>
  );
}
