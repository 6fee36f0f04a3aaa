"use client";

import { CircleAlert, type LucideIcon, RotateCw, SearchX } from "lucide-react";
import type { ReactNode } from "react";
import { ApiError, OfflineError } from "@/api/client";
import { useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import { Button } from "./button";

/** `still`: one of many, whose box shimmers; a layer each costs a second core where no graphics card composes them. */
export function Skeleton({ className, still }: { className?: string; still?: boolean }) {
  return (
    <span aria-hidden className={cn("block rounded-sm bg-accent", !still && "animate-shimmer", className)} />
  );
}

interface EmptyProps {
  icon: LucideIcon;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  className?: string;
}

/** Nothing here yet: say what this place is for and offer the first step. */
export function Empty({ icon: Icon, title, children, actions, className }: EmptyProps) {
  return (
    <div className={cn("flex flex-col items-center px-6 py-16 text-center", className)}>
      <span className="mb-4 flex size-10 items-center justify-center rounded-lg border bg-muted text-muted-foreground">
        <Icon aria-hidden className="size-5" />
      </span>
      <p className="text-base font-semibold">{title}</p>
      {children && <p className="mt-1 max-w-96 text-sm text-muted-foreground">{children}</p>}
      {actions && <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}

/** Something is there, but not under these conditions. */
export function NoMatch({ onClear, hint }: { onClear: () => void; hint?: string }) {
  const t = useT();
  return (
    <Empty
      icon={SearchX}
      title={t.states.noMatch}
      actions={<Button onClick={onClear}>{t.common.clearAll}</Button>}
    >
      {t.states.noMatchHint} {hint}
    </Empty>
  );
}

/** What went wrong, in words: a raw code never stands alone. */
export function useErrorText(): (error: unknown) => string {
  const t = useT();
  return (error) => {
    if (error instanceof OfflineError) return t.errors.offline;
    if (error instanceof ApiError) {
      const { title, detail } = error.problem;
      if (error.status === 403) return t.server.refusal(error.code, title ?? t.errors.forbidden);
      if (error.status === 404) return t.server.refusal(error.code, title ?? t.errors.notFound);
      if (error.status >= 500) return t.errors.server;
      return t.server.refusal(error.code, detail ?? title ?? t.errors.unknown);
    }
    return t.errors.unknown;
  };
}

interface FailureProps {
  error: unknown;
  onRetry?: () => void;
  /** "연락처를 불러오지 못했어요" */
  title?: string;
  compact?: boolean;
  className?: string;
}

/** Stands in the region that failed; the rest of the page goes on. */
export function Failure({ error, onRetry, title, compact, className }: FailureProps) {
  const t = useT();
  const text = useErrorText();
  return (
    <div
      role="alert"
      className={cn(
        "flex items-center gap-3",
        compact ? "p-4" : "flex-col px-6 py-16 text-center",
        className,
      )}
    >
      <span className="flex size-10 shrink-0 items-center justify-center rounded-lg bg-danger-soft text-destructive">
        <CircleAlert aria-hidden className="size-5" />
      </span>
      <div className={cn("min-w-0", compact && "flex-1")}>
        <p className={compact ? "font-medium" : "text-base font-semibold"}>{title ?? t.errors.title}</p>
        <p className="text-sm text-muted-foreground">{text(error)}</p>
      </div>
      {onRetry && (
        <Button onClick={onRetry} className={compact ? "" : "mt-2"}>
          <RotateCw aria-hidden />
          {t.common.retry}
        </Button>
      )}
    </div>
  );
}
