"use client";

import { ArrowRight, FilePlus2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { PageHeader } from "@/components/shell/page-header";
import { Steps } from "@/components/steps";
import { Button } from "@/components/ui/button";
import { Keys } from "@/components/ui/kbd";
import { Skeleton } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { useT } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import { useSearch } from "@/lib/router";
import { AudienceStep } from "./audience-step";
import { hasContent } from "./draft";
import { missingIn, withSender } from "./draft-rules";
import { FootFigures } from "./foot-figures";
import { MessageStep } from "./message-step";
import { PreviewButton, PreviewRail } from "./preview-rail";
import { useSenders } from "./queries";
import { ReviewStep } from "./review-step";
import { useDraft } from "./use-draft";

const REVIEW = 2;
/** Of the steps, in the address: a reload or a link to a colleague comes back to the same one. */
const NAMES = ["audience", "message", "review"];
const StaleDialog = dynamic(() => import("./stale-dialog").then((m) => m.StaleDialog), { ssr: false });

/** One form in three steps, with the phone of a receiver beside it. */
export function ComposerPage() {
  const t = useT();
  const [step, showStep] = useState(0);
  const {
    draft,
    change,
    loaded,
    resumed,
    campaign,
    saving,
    kept,
    store,
    drop,
    startOver,
    stale,
    settle,
    dismiss,
  } = useDraft(step < REVIEW);
  const [, setSearch] = useSearch();
  const [tried, setTried] = useState(-1);
  const [wanted, setWanted] = useState<number | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const senders = useSenders();
  const phones = senders.data?.filter((s) => s.kind === "phone" && s.state === "registered") ?? [];
  // A key press paints the letter; the phone beside it may follow a moment later.
  const calm = useDeferredValue(draft);
  const errors = missingIn(draft, t);
  useTitle(t.composer.title);

  // One sender number is no choice; one that is gone can't be kept.
  const chosen = withSender(
    draft,
    phones.map((phone) => phone.id),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: made anew at every drawing; what counts is whether there is one
  useEffect(() => {
    if (loaded && chosen) change(chosen);
  }, [loaded, chosen === null, change]);

  // What stood in the address at first is a wish like any other: the form says what is missing on the way.
  useEffect(() => {
    const at = NAMES.indexOf(new URLSearchParams(window.location.search).get("step") ?? "");
    if (at > 0) setWanted(at);
  }, []);

  // Whoever is faster than the draft or the sender numbers isn't told that something is missing: the step waits for them.
  const settled = loaded && !senders.isPending && chosen === null;
  const ready = (to: number) => loaded && (to !== REVIEW || settled);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the wish is granted once, when all is there
  useEffect(() => {
    if (wanted === null || !ready(wanted)) return;
    setWanted(null);
    void go(wanted);
  }, [wanted, loaded, settled]);

  const setStep = (to: number) => {
    showStep(to);
    setSearch({ step: to === 0 ? null : (NAMES[to] ?? null) });
  };
  const go = async (to: number) => {
    if (!ready(to)) {
      setWanted(to);
      return;
    }
    setTried((before) => Math.max(before, to - 1));
    const blocking = errors.find((e) => e.step < to);
    const target = blocking?.step ?? to;
    if (target === REVIEW && !(await store())) return;
    setStep(target);
    scroller.current?.scrollTo({ top: 0 });
    // Whoever goes on by keyboard or listens should land in the step, not behind it.
    const field = blocking?.field ?? (target === 1 ? "campaign-name" : "");
    setTimeout(() => (document.getElementById(field) ?? scroller.current)?.focus(), 50);
  };
  useShortcuts([
    {
      combo: "mod+enter",
      name: "nextStep",
      group: "campaign",
      typing: true,
      run: () => step < REVIEW && void go(step + 1),
    },
  ]);

  const errorOf = (field: string) => {
    const error = errors.find((e) => e.field === field);
    return error && tried >= error.step ? error.message : undefined;
  };
  const next = step === 0 ? t.composer.toMessage : t.composer.toReview;

  return (
    <>
      <PageHeader
        title={(step === REVIEW && draft.name) || t.composer.title}
        trail={[{ href: "/campaigns", label: t.campaigns.title }]}
        meta={
          loaded &&
          hasContent(draft) && (
            <span role={kept === "here" ? "status" : undefined} className="text-xs max-md:hidden">
              {t.composer.kept[kept === "none" && campaign ? "saved" : kept]}
            </span>
          )
        }
        actions={
          <>
            {resumed && step < REVIEW && (
              <Button variant="ghost" onClick={startOver} className="max-md:h-11">
                <FilePlus2 aria-hidden />
                {t.composer.startOver}
              </Button>
            )}
            {step < REVIEW && (
              <Button
                variant="primary"
                busy={saving || wanted !== null}
                onClick={() => void go(step + 1)}
                className="max-md:hidden"
              >
                {next}
                <ArrowRight aria-hidden />
              </Button>
            )}
          </>
        }
      />
      <div className="flex min-h-0 flex-1">
        <div ref={scroller} tabIndex={-1} className="thin-scroll min-w-0 flex-1 overflow-y-auto outline-none">
          <div className="mx-auto w-full max-w-[728px] px-6 pt-5 pb-10 max-md:px-4">
            <Steps
              label={t.composer.stepsLabel}
              steps={t.composer.steps}
              current={step}
              onGo={(to) => void go(to)}
              className="mb-7"
            />
            {!loaded && <Skeleton className="h-64 w-full rounded-lg" />}
            {loaded && step === 0 && <AudienceStep draft={draft} onChange={change} errorOf={errorOf} />}
            {loaded && step === 1 && (
              <MessageStep
                draft={draft}
                onChange={change}
                errorOf={errorOf}
                onBack={() => setStep(0)}
                senders={senders.isPending ? null : phones}
              />
            )}
            {step === REVIEW && campaign && (
              <ReviewStep
                campaign={campaign}
                draft={draft}
                onChange={change}
                onStore={store}
                onEdit={setStep}
                onGone={drop}
              />
            )}
          </div>
        </div>
        {loaded && <PreviewRail draft={calm} />}
      </div>
      {stale && <StaleDialog stale={stale} onSettle={settle} onClose={dismiss} />}
      {step < REVIEW && loaded && (
        <footer className="flex shrink-0 items-center gap-2 border-t bg-card px-5 max-md:p-4 md:h-11">
          <PreviewButton draft={calm} />
          <FootFigures draft={calm} className="max-md:hidden" />
          <Button
            variant="primary"
            size="touch"
            busy={saving || wanted !== null}
            onClick={() => void go(step + 1)}
            className="md:hidden"
          >
            {next}
            <ArrowRight aria-hidden />
          </Button>
          <span className="ml-auto flex items-center gap-3 text-xs text-muted-foreground max-md:hidden">
            {t.composer.goTo(t.composer.steps[step + 1] ?? "")}
            <Keys combo="mod+enter" />
          </span>
        </footer>
      )}
    </>
  );
}
