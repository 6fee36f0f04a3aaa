"use client";

import { Badge, type BadgeTone } from "@/components/ui/badge";
import { useWords } from "./words";

const TONES: Record<string, BadgeTone> = {
  draft: "neutral",
  submitted: "brand",
  approved: "success",
  rejected: "danger",
  stopped: "warning",
};

export function TemplateState({ state }: { state: string }) {
  const t = useWords();
  return <Badge tone={TONES[state] ?? "neutral"}>{t.states[state] ?? state}</Badge>;
}
