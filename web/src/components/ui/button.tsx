import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/utils";

export const buttonVariants = cva(
  "press inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium select-none disabled:cursor-not-allowed [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        // Disabled is its own ground with readable text, not half the contrast; say why right above it.
        primary:
          "bg-primary text-primary-foreground shadow-card hover:bg-primary/90 disabled:bg-secondary disabled:text-muted-foreground",
        outline:
          "border border-border bg-card shadow-card hover:border-border-strong hover:bg-accent disabled:text-muted-foreground disabled:hover:bg-card dark:bg-transparent dark:hover:bg-accent",
        ghost: "text-muted-foreground hover:bg-accent hover:text-foreground",
        soft: "bg-brand-soft text-brand-fg hover:bg-brand-soft/70",
        danger:
          "border border-destructive/40 bg-card text-destructive hover:bg-danger-soft dark:bg-transparent",
        link: "h-auto px-0 text-brand-fg underline-offset-4 hover:underline",
      },
      size: {
        sm: "h-7 px-2.5 text-xs [&_svg]:size-3.5",
        md: "h-8 px-3 text-sm",
        lg: "h-9 px-4 text-sm",
        touch: "h-12 px-4 text-base max-md:flex-1",
        icon: "size-8",
        "icon-sm": "size-7 [&_svg]:size-3.5",
      },
    },
    compoundVariants: [{ variant: "link", class: "h-auto px-0" }],
    defaultVariants: { variant: "outline", size: "md" },
  },
);

type Props = ComponentProps<"button"> &
  VariantProps<typeof buttonVariants> & { asChild?: boolean; busy?: boolean };

export function Button({
  className,
  variant,
  size,
  asChild,
  busy,
  disabled,
  type = "button",
  ...props
}: Props) {
  const classes = cn(buttonVariants({ variant, size }), className);
  if (asChild) return <Slot.Root className={classes} {...(props as object)} />;
  return (
    <button
      type={type}
      className={classes}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...props}
    />
  );
}
