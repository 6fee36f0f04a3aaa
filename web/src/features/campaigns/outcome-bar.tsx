import type { MessageState } from "@/api/types";
import { StackedBar } from "@/components/ui/progress";

interface Props {
  label: string;
  counts: Partial<Record<MessageState, number>>;
  audience: number;
  className?: string;
}

/** One palette everywhere: reached green, in the carrier's hands violet, failed red, left out grey, the rest empty. */
export function OutcomeBar({ label, counts, audience, className }: Props) {
  return (
    <StackedBar
      label={label}
      max={audience}
      className={className}
      parts={[
        { key: "delivered", value: counts.delivered ?? 0, tone: "success" },
        { key: "accepted", value: counts.accepted ?? 0, tone: "brand" },
        { key: "failed", value: counts.failed ?? 0, tone: "danger" },
        { key: "uncertain", value: counts.uncertain ?? 0, tone: "warning" },
        {
          key: "skipped",
          value: (counts.skipped ?? 0) + (counts.cancelled ?? 0) + (counts.expired ?? 0),
          tone: "muted",
        },
      ]}
    />
  );
}
