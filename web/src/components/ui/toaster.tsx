"use client";

import { CircleAlert, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useMounted } from "@/lib/hooks";
import { useT } from "@/lib/i18n";
import { dismiss, type Toast, useToasts } from "@/lib/toast";
import { cn } from "@/lib/utils";
import { Keys } from "./kbd";

function Item({ toast }: { toast: Toast }) {
  const t = useT();
  const [held, setHeld] = useState(false);
  const left = useRef(toast.seconds * 1000);

  useEffect(() => {
    if (held) return;
    const started = performance.now();
    const timer = setTimeout(() => dismiss(toast.id), left.current);
    return () => {
      clearTimeout(timer);
      left.current = Math.max(1000, left.current - (performance.now() - started));
    };
  }, [held, toast.id]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hovering only pauses the clock; nothing is hidden behind it
    <div
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="pointer-events-auto flex min-h-10 max-w-[calc(100vw-32px)] animate-rise items-center gap-2 rounded-lg bg-primary py-1.5 pr-1.5 pl-3.5 text-sm text-primary-foreground shadow-pop"
    >
      {toast.tone === "error" && <CircleAlert aria-hidden className="size-4 shrink-0" />}
      <span className="min-w-0 py-0.5">{toast.text}</span>
      {toast.undo && (
        <button
          type="button"
          onClick={() => {
            dismiss(toast.id);
            toast.undo?.run();
          }}
          className="press ml-1 flex h-7 shrink-0 items-center gap-1.5 rounded-md bg-primary-foreground/15 px-2 font-medium hover:bg-primary-foreground/25 max-md:h-9"
        >
          {toast.undo.label}
          <Keys combo="z" />
        </button>
      )}
      <button
        type="button"
        aria-label={t.common.close}
        onClick={() => dismiss(toast.id)}
        className="flex size-7 shrink-0 items-center justify-center rounded-md hover:bg-primary-foreground/15"
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </div>
  );
}

export function Toaster() {
  const toasts = useToasts();
  const t = useT();
  const mounted = useMounted();
  if (!mounted) return null;
  return (
    <section
      aria-label={t.shell.news}
      aria-live="polite"
      className={cn(
        "pointer-events-none fixed inset-x-0 bottom-4 z-[60] flex flex-col items-center gap-2 max-md:bottom-24",
        // Above a screen's own bar of actions, never over it.
        "[body:has([data-actionbar])_&]:bottom-[92px] max-md:[body:has([data-actionbar])_&]:bottom-48",
        toasts.length === 0 && "sr-only",
      )}
    >
      {toasts.map((toast) => (
        <Item key={toast.id} toast={toast} />
      ))}
    </section>
  );
}
