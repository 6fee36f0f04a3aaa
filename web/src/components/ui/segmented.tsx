"use client";

import { type ReactNode, useId } from "react";
import { cn } from "@/lib/utils";

interface Props<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  options: { value: T; label: ReactNode }[];
  className?: string;
}

/** One of a few, all in sight. Real radio buttons: arrow keys and screen readers know them without help from us. */
export function Segmented<T extends string>({ label, value, onChange, options, className }: Props<T>) {
  const name = useId();
  return (
    <div
      role="radiogroup"
      aria-label={label}
      className={cn("inline-flex rounded-md bg-secondary p-0.5", className)}
    >
      {options.map((option) => (
        <label
          key={option.value}
          className={cn(
            "flex h-6.5 min-w-0 flex-auto cursor-pointer items-center justify-center rounded-sm px-3 text-xs max-md:px-2.5 font-medium whitespace-nowrap text-muted-foreground transition-colors duration-100 hover:text-foreground has-focus-visible:outline-2 has-focus-visible:outline-ring max-md:h-9",
            value === option.value && "bg-card text-foreground shadow-card dark:bg-border-strong",
          )}
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={value === option.value}
            onChange={() => onChange(option.value)}
            className="sr-only"
          />
          {option.label}
        </label>
      ))}
    </div>
  );
}
