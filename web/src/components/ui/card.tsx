import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/utils";

export function Card({ className, ...props }: ComponentProps<"section">) {
  return (
    <section
      className={cn("min-w-0 overflow-hidden rounded-lg border bg-card shadow-card", className)}
      {...props}
    />
  );
}

interface HeadProps {
  title: ReactNode;
  hint?: ReactNode;
  actions?: ReactNode;
  className?: string;
}

export function CardHead({ title, hint, actions, className }: HeadProps) {
  return (
    <header
      className={cn("flex min-h-11 flex-wrap items-center gap-x-2 gap-y-1 border-b px-4 py-1.5", className)}
    >
      <h2 className="text-sm font-semibold">{title}</h2>
      {hint && <span className="text-xs text-muted-foreground">{hint}</span>}
      {actions && <span className="ml-auto flex items-center gap-1.5">{actions}</span>}
    </header>
  );
}
