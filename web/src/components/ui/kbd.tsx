"use client";

import { useMounted } from "@/lib/hooks";
import { isMac, keyCaps } from "@/lib/keys";
import { cn } from "@/lib/utils";

/** Which keys a Mac has is only known in the browser, so key caps appear after hydration. */
export function Keys({ combo, className, then }: { combo: string; className?: string; then?: string }) {
  const mounted = useMounted();
  if (!mounted) return null;
  return (
    <span aria-hidden className={cn("inline-flex items-center gap-1 max-md:hidden", className)}>
      {keyCaps(combo, isMac()).map((step, index) => (
        <span key={step.join()} className="inline-flex items-center gap-1">
          {index > 0 && then && <span className="text-2xs text-muted-foreground">{then}</span>}
          {step.map((cap) => (
            <kbd
              key={cap}
              className="inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-xs border bg-card px-1 font-sans text-2xs font-medium text-muted-foreground shadow-[0_1px_0_var(--border)] dark:bg-secondary"
            >
              {cap}
            </kbd>
          ))}
        </span>
      ))}
    </span>
  );
}
