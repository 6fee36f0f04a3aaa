"use client";

import { Eye } from "lucide-react";
import dynamic from "next/dynamic";
import { memo, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogTrigger, SheetContent } from "@/components/ui/dialog";
import { useT } from "@/lib/i18n";
import type { Draft } from "./draft";

// The form is what one came for: it may be written in before the phone has come.
const PreviewPhone = dynamic(() => import("./preview-phone").then((m) => m.PreviewPhone), { ssr: false });

interface Props {
  draft: Draft;
}

/** Beside the form where there is room for it. */
export const PreviewRail = memo(function PreviewRail(props: Props) {
  const t = useT();
  return (
    <aside
      aria-label={t.composer.preview}
      className="thin-scroll w-[372px] shrink-0 overflow-y-auto border-l bg-background py-6 max-[1179px]:hidden"
    >
      <PreviewPhone {...props} />
    </aside>
  );
});

/** Where there isn't: behind a button. */
export const PreviewButton = memo(function PreviewButton(props: Props) {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button className="max-md:h-12 max-md:px-5 max-md:text-base min-[1180px]:hidden">
          <Eye aria-hidden />
          {t.composer.preview}
        </Button>
      </DialogTrigger>
      <SheetContent title={t.composer.preview}>
        <div className="py-6">
          <PreviewPhone {...props} />
        </div>
      </SheetContent>
    </Dialog>
  );
});
