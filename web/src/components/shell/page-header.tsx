"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { cn } from "@/lib/utils";

interface Props {
  title: ReactNode;
  /** The way here, outermost first. */
  trail?: { href: string; label: string }[];
  /** Right after the title: counts, state badges. */
  meta?: ReactNode;
  actions?: ReactNode;
  className?: string;
}

export function PageHeader({ title, trail = [], meta, actions, className }: Props) {
  const t = useT();
  const up = trail.at(-1);
  return (
    <header
      className={cn(
        "flex h-12 shrink-0 items-center gap-2 border-b px-5 max-md:h-14 max-md:gap-1 max-md:px-3",
        className,
      )}
    >
      {up && (
        <Link
          href={up.href}
          aria-label={`${t.common.back}: ${up.label}`}
          className="flex size-11 items-center justify-center rounded-md md:hidden"
        >
          <ChevronLeft aria-hidden className="size-5" />
        </Link>
      )}
      {trail.map((step) => (
        <Fragment key={step.href}>
          <Link
            href={step.href}
            className="rounded-sm text-muted-foreground hover:text-foreground max-md:hidden"
          >
            {step.label}
          </Link>
          <ChevronRight aria-hidden className="size-4 shrink-0 text-subtle max-md:hidden" />
        </Fragment>
      ))}
      <h1 className={cn("min-w-0 truncate text-base font-semibold", !up && "max-md:px-2 max-md:text-lg")}>
        {title}
      </h1>
      {meta && <span className="flex min-w-0 items-center gap-2 text-sm text-muted-foreground">{meta}</span>}
      {actions && <div className="ml-auto flex shrink-0 items-center gap-2">{actions}</div>}
    </header>
  );
}
