"use client";

import { Clock, Merge, Users, UserX } from "lucide-react";
import type { Pair } from "@/api/types";
import { Keys } from "@/components/ui/kbd";
import { useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import type { Decision } from "./work";

const BUTTONS = [
  { key: "1", action: "merge", icon: Merge },
  { key: "2", action: "separate", icon: UserX },
  { key: "3", action: "shared", icon: Users },
  { key: "0", action: "later", icon: Clock },
] as const;

/** The four answers. Only what is suggested stands out, and nothing is decided by Enter. */
export function Decisions({
  suggestion,
  onDecide,
  onLater,
}: {
  suggestion: Pair["suggestion"];
  onDecide: (decision: Decision) => void;
  onLater: () => void;
}) {
  const t = useT();
  return (
    <footer
      data-actionbar
      className="flex shrink-0 flex-wrap items-center gap-2 border-t bg-card px-6 py-3.5 max-md:px-3 max-md:py-2"
    >
      <div className="flex flex-wrap gap-2 max-md:grid max-md:w-full max-md:grid-cols-2">
        {BUTTONS.map(({ key, action, icon: Icon }) => {
          const suggested = action === suggestion;
          return (
            <button
              key={key}
              type="button"
              data-decision={action}
              onClick={() => (action === "later" ? onLater() : onDecide(action))}
              className={cn(
                "press flex h-11 min-w-0 items-center gap-2.5 rounded-md border px-3 text-left shadow-card",
                suggested
                  ? "border-primary bg-primary text-primary-foreground hover:bg-primary/90"
                  : "bg-card hover:border-border-strong hover:bg-accent dark:bg-transparent",
              )}
            >
              <Keys combo={key} />
              <span className="min-w-0">
                <span className="flex items-center gap-1.5 font-medium">
                  <Icon aria-hidden className="size-3.5 shrink-0" />
                  <span className="truncate">{t.duplicates.actions[action].label}</span>
                  {suggested && (
                    <span className="rounded-xs bg-primary-foreground/15 px-1 text-2xs">
                      {t.duplicates.suggested}
                    </span>
                  )}
                </span>
                <span
                  className={cn(
                    "block truncate text-xs",
                    suggested ? "text-primary-foreground/80" : "text-muted-foreground",
                  )}
                >
                  {t.duplicates.actions[action].hint}
                </span>
              </span>
            </button>
          );
        })}
      </div>
      <span className="ml-auto flex items-center gap-1.5 text-xs text-muted-foreground max-xl:hidden">
        <Keys combo="arrowup" />
        <Keys combo="arrowdown" />
        {t.duplicates.fieldKeys}
        <Keys combo="arrowleft" className="ml-2" />
        <Keys combo="arrowright" />
        {t.duplicates.valueKeys}
      </span>
    </footer>
  );
}
