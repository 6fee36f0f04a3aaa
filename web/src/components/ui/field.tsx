"use client";

import { ChevronDown, CircleAlert } from "lucide-react";
import { type ComponentProps, createContext, type ReactNode, useContext, useId } from "react";
import { cn } from "@/lib/utils";

const FieldContext = createContext<{ id: string; describedBy?: string; invalid?: boolean } | null>(null);

interface FieldProps {
  label: ReactNode;
  /** "필수" and the like, beside the label. */
  mark?: ReactNode;
  /** At the right end of the label's line. */
  aside?: ReactNode;
  hint?: ReactNode;
  error?: string;
  /** For controls that something else must find; otherwise one is made up. */
  id?: string;
  className?: string;
  children: ReactNode;
}

/** Label, control, hint and error belong together; the control inside finds its ids by itself. */
export function Field({ label, mark, aside, hint, error, id: given, className, children }: FieldProps) {
  const made = useId();
  const id = given ?? made;
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div className={cn("flex min-w-0 flex-col gap-1.5", className)}>
      <div className="flex min-h-5 items-center gap-2">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {mark}
        {aside && <span className="ml-auto text-xs text-muted-foreground">{aside}</span>}
      </div>
      <FieldContext.Provider value={{ id, describedBy, invalid: Boolean(error) }}>
        {children}
      </FieldContext.Provider>
      {error && (
        <p id={`${id}-error`} role="alert" className="flex items-start gap-1.5 text-xs text-destructive">
          <CircleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
          {error}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="text-xs text-muted-foreground">
          {hint}
        </p>
      )}
    </div>
  );
}

function useField() {
  const field = useContext(FieldContext);
  return field
    ? { id: field.id, "aria-describedby": field.describedBy, "aria-invalid": field.invalid || undefined }
    : {};
}

const control =
  "field-focus w-full min-w-0 rounded-md border border-input bg-card text-foreground transition-[border-color,box-shadow] duration-100 aria-invalid:border-destructive disabled:bg-muted disabled:text-muted-foreground dark:bg-transparent";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input {...useField()} className={cn(control, "h-9 px-3 max-md:h-11", className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return (
    <textarea {...useField()} className={cn(control, "min-h-20 resize-y px-3 py-2", className)} {...props} />
  );
}

/** The platform's own picker: right on a phone, complete with keyboard and screen reader. */
export function Select({ className, children, ...props }: ComponentProps<"select">) {
  return (
    <span className="relative block min-w-0">
      <select
        {...useField()}
        className={cn(control, "h-9 appearance-none truncate pr-8 pl-3 max-md:h-11 dark:bg-card", className)}
        {...props}
      >
        {children}
      </select>
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-muted-foreground"
      />
    </span>
  );
}

export function Checkbox({ className, ...props }: Omit<ComponentProps<"input">, "type">) {
  return (
    <input
      type="checkbox"
      className={cn(
        "size-3.5 shrink-0 appearance-none rounded-xs border border-border-strong bg-card bg-center bg-no-repeat transition-colors duration-100",
        "checked:border-brand checked:bg-brand checked:bg-[url(/check.svg)] indeterminate:border-brand indeterminate:bg-brand indeterminate:bg-[url(/dash.svg)]",
        "disabled:bg-muted dark:bg-transparent",
        className,
      )}
      {...props}
    />
  );
}
