"use client";

import { ChevronLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";

interface Props {
  sender: string;
  when: string;
  children: ReactNode;
  foot?: ReactNode;
  caption?: ReactNode;
  className?: string;
}

/** A phone as the other person holds it. Always light: their phone does not follow our theme. */
export function PhonePreview({ sender, when, children, foot, caption, className }: Props) {
  const t = useT();
  return (
    <figure className={cn("flex flex-col items-center", className)} aria-label={t.composer.preview}>
      <div className="light-phone w-[288px] rounded-[42px] bg-[#14141a] p-[7px] shadow-pop">
        <div className="flex h-[540px] flex-col overflow-hidden rounded-[36px] bg-white text-[#1b1b22]">
          <div
            aria-hidden
            className="flex h-11 shrink-0 items-center justify-between px-6 text-xs font-semibold"
          >
            <span>9:41</span>
            <span className="h-[18px] w-[74px] rounded-full bg-[#14141a]" />
            <span>5G</span>
          </div>
          <div className="relative flex h-10 shrink-0 items-center justify-center border-b border-[#e7e7ec] text-sm font-semibold">
            <ChevronLeft aria-hidden className="absolute left-4 size-4" />
            {sender}
          </div>
          <div className="thin-scroll flex min-h-0 flex-1 flex-col gap-1 overflow-y-auto px-3 py-3">
            <p className="mb-2 text-center text-2xs text-[#5c5c66]">{when}</p>
            {children}
            {foot && <p className="px-1 text-2xs text-[#5c5c66]">{foot}</p>}
          </div>
        </div>
      </div>
      {caption && <figcaption className="mt-4 text-xs text-muted-foreground">{caption}</figcaption>}
    </figure>
  );
}

export function Bubble({ children, mine }: { children: ReactNode; mine?: boolean }) {
  return (
    <p
      className={cn(
        "max-w-[88%] rounded-[14px] px-3 py-2 text-sm whitespace-pre-wrap",
        mine
          ? "self-end rounded-br-[5px] bg-[#5b49d6] text-white"
          : "self-start rounded-bl-[5px] bg-[#ebebef] text-[#1b1b22]",
      )}
    >
      {children}
    </p>
  );
}
