"use client";

import { ArrowRight } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { http } from "@/api/client";
import type { Campaign } from "@/api/types";
import { PageHeader } from "@/components/shell/page-header";
import { Steps } from "@/components/steps";
import { Button } from "@/components/ui/button";
import { Keys } from "@/components/ui/kbd";
import { useErrorText } from "@/components/ui/states";
import { useDebounced, useMounted, useTitle } from "@/lib/hooks";
import { useT } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import { useSearch } from "@/lib/router";
import { toast } from "@/lib/toast";
import { AudienceStep } from "./audience-step";
import { type Draft, EMPTY, loadDraft, saveDraft } from "./draft";
import { missingIn, toBody } from "./draft-rules";
import { MessageStep } from "./message-step";
import { PreviewRail } from "./preview-rail";
import { useSenders } from "./queries";
import { ReviewStep } from "./review-step";

/** One form in three steps. What is typed is kept at every pause; the server holds the draft from the review on. */
export function ComposerPage() {
  const t = useT();
  const errorText = useErrorText();
  const mounted = useMounted();
  const [search, setSearch] = useSearch();
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [loaded, setLoaded] = useState(false);
  const [step, setStep] = useState(0);
  const [tried, setTried] = useState<number>(-1);
  const [campaign, setCampaign] = useState<Campaign | null>(null);
  const [saving, setSaving] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const senders = useSenders();
  const settled = useDebounced(draft, 400);
  useTitle(t.composer.title);

  useEffect(() => {
    setDraft(loadDraft());
    setLoaded(true);
  }, []);
  useEffect(() => {
    if (loaded) saveDraft(settled);
  }, [settled, loaded]);
  // One sender number is no choice.
  useEffect(() => {
    const [only] = senders.data?.filter((s) => s.kind === "phone") ?? [];
    if (loaded && only && !draft.senderId) setDraft((d) => ({ ...d, senderId: only.id }));
  }, [senders.data, loaded, draft.senderId]);

  const change = (part: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...part }));
  };
  const errors = missingIn(draft, t);

  /** The server's copy is made at the first review and kept in step after that. */
  const store = async (): Promise<Campaign | null> => {
    setSaving(true);
    try {
      const id = campaign?.id ?? search.get("draft");
      const saved = id
        ? await http.patch("/api/campaigns/{campaign_id}", toBody(draft), { path: { campaign_id: id } })
        : await http.post("/api/campaigns", toBody(draft), { idempotencyKey: crypto.randomUUID() });
      setCampaign(saved);
      if (!search.get("draft")) setSearch({ draft: saved.id });
      return saved;
    } catch (error) {
      toast(t.errors.notSaved(errorText(error)), { tone: "error" });
      return null;
    } finally {
      setSaving(false);
    }
  };

  const go = async (to: number) => {
    setTried((before) => Math.max(before, to - 1));
    const blocking = errors.find((e) => e.step < to);
    if (blocking) {
      setStep(blocking.step);
      setTimeout(() => document.getElementById(blocking.field)?.focus(), 50);
      return;
    }
    if (to === 2 && !(await store())) return;
    setStep(to);
    scroller.current?.scrollTo({ top: 0 });
    // Whoever goes on by keyboard or listens should land in the step, not behind it.
    setTimeout(() => (to === 1 ? document.getElementById("campaign-name") : scroller.current)?.focus(), 50);
  };

  useShortcuts([
    {
      combo: "mod+enter",
      name: "nextStep",
      group: "campaign",
      typing: true,
      run: () => step < 2 && void go(step + 1),
    },
  ]);

  const shown = (field: string) => {
    const error = errors.find((e) => e.field === field);
    return error && tried >= error.step ? error.message : undefined;
  };
  const nextLabel = step === 0 ? t.composer.toMessage : t.composer.toReview;

  return (
    <>
      <PageHeader
        title={t.composer.title}
        trail={[{ href: "/campaigns", label: t.campaigns.title }]}
        meta={
          loaded &&
          draft.savedAt > 0 && <span className="text-xs max-md:hidden">{t.composer.savedJustNow}</span>
        }
        actions={
          step < 2 && (
            <Button variant="primary" busy={saving} onClick={() => void go(step + 1)}>
              {nextLabel}
              <ArrowRight aria-hidden />
            </Button>
          )
        }
      />
      <div className="flex min-h-0 flex-1">
        <div ref={scroller} tabIndex={-1} className="outline-none thin-scroll min-w-0 flex-1 overflow-y-auto">
          <div className="mx-auto w-full max-w-[728px] px-6 pt-5 pb-10 max-md:px-4">
            <Steps
              label={t.composer.stepsLabel}
              steps={t.composer.steps}
              current={step}
              onGo={(to) => void go(to)}
              className="mb-7"
            />
            {mounted && loaded && step === 0 && (
              <AudienceStep draft={draft} onChange={change} errorOf={shown} />
            )}
            {mounted && loaded && step === 1 && (
              <MessageStep
                draft={draft}
                onChange={change}
                errorOf={shown}
                onBack={() => setStep(0)}
                senders={senders.data ?? []}
              />
            )}
            {step === 2 && campaign && (
              <ReviewStep
                campaign={campaign}
                draft={draft}
                onChange={change}
                onStore={store}
                onEdit={setStep}
              />
            )}
          </div>
        </div>
        {mounted && loaded && (
          <PreviewRail draft={draft} sender={senders.data?.find((s) => s.id === draft.senderId)} />
        )}
      </div>
      {step < 2 && (
        <footer className="flex min-h-11 shrink-0 items-center justify-end gap-3 border-t px-5 text-xs text-muted-foreground max-md:hidden">
          {t.composer.goTo(t.composer.steps[step + 1] ?? "")}
          <Keys combo="mod+enter" />
        </footer>
      )}
    </>
  );
}
