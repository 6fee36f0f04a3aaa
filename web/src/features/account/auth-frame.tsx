"use client";

import type { ReactNode } from "react";
import { ThemeButton } from "@/components/shell/sidebar";
import { Button } from "@/components/ui/button";
import { useLocale, useT } from "@/lib/i18n";

export function Mark({ className }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" className={className}>
      <rect width="32" height="32" rx="9" fill="currentColor" />
      <path
        d="M9 22.5V11.2c0-1 .8-1.7 1.7-1.7h5.1a4.6 4.6 0 0 1 0 9.2H12.6M20.4 22.5l3.4-3.4M17.2 22.5l2-2"
        fill="none"
        stroke="var(--background)"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

/** The door: one card, no menu. */
export function AuthFrame({
  title,
  hint,
  children,
  foot,
}: {
  title: string;
  hint?: ReactNode;
  children?: ReactNode;
  foot?: ReactNode;
}) {
  const t = useT();
  const { locale, setLocale } = useLocale();
  return (
    <main className="thin-scroll flex h-dvh flex-col items-center overflow-y-auto px-4">
      <div className="my-auto w-full max-w-[380px] py-12">
        <div className="mb-7 flex items-center gap-2.5">
          <Mark className="size-8 text-primary" />
          <span className="text-lg font-semibold">{t.shell.product}</span>
        </div>
        <div className="rounded-xl border bg-card p-7 shadow-card max-md:p-5">
          <h1 className="text-xl font-semibold">{title}</h1>
          {hint && <p className="mt-1 text-muted-foreground">{hint}</p>}
          {children && <div className="mt-6">{children}</div>}
        </div>
        {foot && <div className="mt-4 text-center text-xs text-muted-foreground">{foot}</div>}
      </div>
      <div className="flex items-center gap-1 pb-4">
        <ThemeButton />
        <Button variant="ghost" size="sm" onClick={() => setLocale(locale === "ko" ? "en" : "ko")}>
          {locale === "ko" ? t.settings.appearance.english : t.settings.appearance.korean}
        </Button>
      </div>
    </main>
  );
}
