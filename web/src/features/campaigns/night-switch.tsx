"use client";

import { useId } from "react";
import { Switch } from "@/components/ui/switch";
import { useT } from "@/lib/i18n";
import type { Draft } from "./draft";

interface Props {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
}

/** Of adverts alone: they rest from 21:00 to 08:00, but for people who agreed to get them then (정보통신망법 제50조 3항). */
export function NightSwitch({ draft, onChange }: Props) {
  const t = useT();
  const id = useId();
  if (draft.messageClass !== "commercial_ad") return null;
  return (
    <div className="mt-4 flex items-start gap-3 border-t pt-4">
      <Switch
        id={id}
        aria-describedby={`${id}-hint`}
        checked={draft.night ?? false}
        onCheckedChange={(night) => onChange({ night })}
        className="mt-0.5"
      />
      <div className="min-w-0 flex-1">
        <label htmlFor={id} className="font-medium">
          {t.composer.nightOn}
        </label>
        <p id={`${id}-hint`} className="text-xs text-muted-foreground">
          {draft.night ? t.composer.nightOnly : t.composer.nightHint}
        </p>
      </div>
    </div>
  );
}
