"use client";

import type { LucideIcon } from "lucide-react";
import {
  CircleCheck,
  CirclePause,
  CircleSlash,
  Clock,
  Hourglass,
  PencilLine,
  Radio,
  ShieldQuestion,
  TriangleAlert,
} from "lucide-react";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { useT } from "@/lib/i18n";

const CAMPAIGN: Record<string, { tone: BadgeTone; icon: LucideIcon }> = {
  draft: { tone: "neutral", icon: PencilLine },
  awaiting_approval: { tone: "warning", icon: ShieldQuestion },
  approved: { tone: "brand", icon: CircleCheck },
  scheduled: { tone: "brand", icon: Clock },
  launching: { tone: "brand", icon: Radio },
  running: { tone: "brand", icon: Radio },
  paused: { tone: "warning", icon: CirclePause },
  held: { tone: "warning", icon: Hourglass },
  finished: { tone: "success", icon: CircleCheck },
  cancelled: { tone: "neutral", icon: CircleSlash },
  stopped: { tone: "danger", icon: TriangleAlert },
};

/** Icon, word and colour together: never colour alone. */
export function CampaignStateBadge({ state }: { state: string }) {
  const t = useT();
  const look = CAMPAIGN[state] ?? { tone: "neutral" as const, icon: Clock };
  const Icon = look.icon;
  return (
    <Badge tone={look.tone}>
      <Icon aria-hidden />
      {t.campaigns.states[state] ?? state}
    </Badge>
  );
}

const MESSAGE: Record<string, BadgeTone> = {
  queued: "neutral",
  sending: "neutral",
  accepted: "brand",
  delivered: "success",
  failed: "danger",
  skipped: "warning",
  uncertain: "warning",
  cancelled: "neutral",
  expired: "neutral",
};

export function MessageStateBadge({ state }: { state: string }) {
  const t = useT();
  return <Badge tone={MESSAGE[state] ?? "neutral"}>{t.campaigns.messageStates[state] ?? state}</Badge>;
}
