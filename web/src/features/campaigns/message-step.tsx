"use client";

import dynamic from "next/dynamic";
import type { Sender } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { useFormat, useT } from "@/lib/i18n";
import type { Draft } from "./draft";
import { NextSteps } from "./next-steps";
import { StepFields } from "./step-fields";
import { useWeighedDraft, WeighedContext } from "./use-weight";

const ContentPanel = dynamic(() => import("./content-panel").then((m) => m.ContentPanel), { ssr: false });

interface Props {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  errorOf: (field: string) => string | undefined;
  onBack: () => void;
  /** Registered sender numbers; null while they are on their way. */
  senders: Sender[] | null;
}

export function MessageStep({ draft, onChange, errorOf, onBack, senders }: Props) {
  const t = useT();
  const f = useFormat();
  const weighed = useWeighedDraft(draft);
  const count = "contactIds" in draft.audience ? draft.audience.contactIds.length : null;
  return (
    <div className="flex flex-col gap-6">
      <div className="flex items-center gap-2 rounded-lg border bg-card px-4 py-2.5 shadow-card">
        <span className="min-w-0 flex-1 truncate">
          {count === null
            ? Object.keys(("filter" in draft.audience && draft.audience.filter) || {}).length === 0
              ? t.composer.audienceEveryone
              : t.composer.audienceFilter
            : t.composer.audienceCount(f.num(count))}
        </span>
        <Badge>{t.campaigns.classes[draft.messageClass] ?? draft.messageClass}</Badge>
        <Button variant="link" onClick={onBack}>
          {t.composer.change}
        </Button>
      </div>
      <Field
        id="campaign-name"
        label={t.composer.name}
        hint={t.composer.nameHint}
        error={errorOf("campaign-name")}
      >
        <Input
          autoComplete="off"
          maxLength={80}
          placeholder={t.composer.namePlaceholder}
          value={draft.name}
          onChange={(event) => onChange({ name: event.target.value })}
        />
      </Field>
      <WeighedContext.Provider value={weighed}>
        <StepFields id="campaign" step={draft} onChange={onChange} errorOf={errorOf} senders={senders} />
        <ContentPanel draft={draft} onChange={onChange} errorOf={errorOf} />
        <NextSteps draft={draft} onChange={onChange} errorOf={errorOf} senders={senders} />
      </WeighedContext.Provider>
    </div>
  );
}
