import { Check } from "lucide-react";
import { cn } from "@/lib/utils";

interface Props {
  label: string;
  steps: readonly string[];
  /** Index of the current step; `steps.length` = all done. */
  current: number;
  onGo?: (index: number) => void;
  className?: string;
}

export function Steps({ label, steps, current, onGo, className }: Props) {
  return (
    <nav aria-label={label} className={className}>
      <ol className="flex items-center">
        {steps.map((step, index) => {
          const done = index < current;
          const now = index === current;
          const body = (
            <>
              <span
                aria-hidden
                className={cn(
                  "flex size-5 shrink-0 items-center justify-center rounded-full text-2xs font-semibold",
                  done && "bg-success-soft text-success",
                  now && "bg-primary text-primary-foreground",
                  !done && !now && "border border-border-strong text-muted-foreground",
                )}
              >
                {done ? <Check className="size-3" strokeWidth={3} /> : index + 1}
              </span>
              <span
                className={cn("truncate", now ? "font-semibold" : "text-muted-foreground max-md:sr-only")}
              >
                {step}
              </span>
            </>
          );
          return (
            <li key={step} aria-current={now ? "step" : undefined} className="flex min-w-0 items-center">
              {index > 0 && (
                <span aria-hidden className="mx-3 h-px w-6 bg-border-strong max-md:mx-2 max-md:w-4" />
              )}
              {onGo && done ? (
                <button
                  type="button"
                  onClick={() => onGo(index)}
                  className="flex min-w-0 items-center gap-2 rounded-md hover:underline"
                >
                  {body}
                </button>
              ) : (
                <span className="flex min-w-0 items-center gap-2">{body}</span>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
