import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps } from "react";
import { cn, hueIndex } from "@/lib/utils";

const badgeVariants = cva(
  "inline-flex h-5 shrink-0 items-center gap-1 whitespace-nowrap rounded-sm px-1.5 text-xs font-medium [&_svg]:size-3.5",
  {
    variants: {
      tone: {
        neutral: "bg-secondary text-muted-foreground",
        brand: "bg-brand-soft text-brand-fg",
        success: "bg-success-soft text-success",
        warning: "bg-warning-soft text-warning",
        danger: "bg-danger-soft text-destructive",
        outline: "border bg-card text-foreground dark:bg-transparent",
      },
    },
    defaultVariants: { tone: "neutral" },
  },
);

export type BadgeTone = NonNullable<VariantProps<typeof badgeVariants>["tone"]>;

export function Badge({
  className,
  tone,
  ...props
}: ComponentProps<"span"> & VariantProps<typeof badgeVariants>) {
  return <span className={cn(badgeVariants({ tone }), className)} {...props} />;
}

/** A tag: the colour is only a dot, the text stays neutral. */
export function TagChip({
  name,
  className,
  children,
}: {
  name: string;
  className?: string;
  children?: React.ReactNode;
}) {
  return (
    <span
      className={cn(
        "inline-flex h-5 min-w-0 shrink-0 items-center gap-1.5 rounded-sm border bg-card px-1.5 text-xs font-medium dark:bg-transparent",
        className,
      )}
    >
      <i className={cn("hue-dot size-1.5 shrink-0 rounded-full", `hue-${hueIndex(name)}`)} />
      <span className="truncate">{name}</span>
      {children}
    </span>
  );
}

export type DotTone = "success" | "warning" | "danger" | "brand" | "muted" | "chart-1" | "chart-2";

const DOT: Record<DotTone, string> = {
  success: "bg-success",
  warning: "bg-warning",
  danger: "bg-destructive",
  brand: "bg-brand",
  muted: "bg-border-strong",
  "chart-1": "bg-chart-1",
  "chart-2": "bg-chart-2",
};

/** A state's colour; always beside its word. Square for outcomes, round for states. */
export function Dot({ tone, square, className }: { tone: DotTone; square?: boolean; className?: string }) {
  return (
    <i
      aria-hidden
      className={cn(
        "inline-block shrink-0",
        square ? "size-2 rounded-[3px]" : "size-1.5 rounded-full",
        DOT[tone],
        className,
      )}
    />
  );
}

export function Avatar({ name, className }: { name: string; className?: string }) {
  return (
    <span
      aria-hidden
      className={cn(
        "hue-avatar inline-flex size-[22px] shrink-0 items-center justify-center rounded-full text-2xs font-semibold select-none",
        `hue-${hueIndex(name)}`,
        className,
      )}
    >
      {[...name][0] ?? "?"}
    </span>
  );
}
