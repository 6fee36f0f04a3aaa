"use client";

import { cn } from "@/lib/utils";

/** A rule in words. `chips`: its changeable parts stand out as such; otherwise they are only stronger. */
export function Sentence({ text, chips, className }: { text: string; chips?: boolean; className?: string }) {
  return (
    <span className={className}>
      {text.split(/[{}]/).map((part, index) =>
        index % 2 === 1 ? (
          <b
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one sentence have no other name
            key={index}
            className={cn(
              "font-semibold",
              chips ? "rounded-[5px] bg-brand-soft px-1 py-0.5 text-brand-fg" : "text-foreground",
            )}
          >
            {part}
          </b>
        ) : (
          part
        ),
      )}
    </span>
  );
}
