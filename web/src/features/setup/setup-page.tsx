"use client";

import { Check, Circle, Clock, type LucideIcon, ShieldCheck, TriangleAlert } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { ApiError } from "@/api/client";
import type { Setup, StepKey } from "@/api/types";
import { ThemeButton } from "@/components/shell/sidebar";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { toast } from "@/lib/toast";
import { cn } from "@/lib/utils";
import { Mark } from "../account/auth-frame";
import { useMe, useTenant } from "../session/queries";
import { useSetup, useSetupStatus, useStepState } from "./queries";
import { CandidacyStep } from "./step-candidacy";
import { CarrierStep } from "./step-carrier";
import { AddressStep, RecoveryStep } from "./step-files";
import { SenderStep } from "./step-sender";

// Seen once in the life of an installation: its form library is not worth a byte to anybody else.
const OwnerStep = lazy(() => import("./owner-step").then((m) => ({ default: m.OwnerStep })));

const LOOK: Record<string, { icon: LucideIcon; className: string }> = {
  done: { icon: Check, className: "bg-success-soft text-success" },
  skipped: { icon: Clock, className: "bg-secondary text-muted-foreground" },
  todo: { icon: Circle, className: "border border-border-strong text-transparent" },
};

export interface StepProps {
  setup: Setup;
  /** Marks this step and goes on to the next one that is open. */
  onDone: (extra?: { publicUrl?: string | null }) => void;
  busy: boolean;
}

const FORMS: Record<StepKey, (props: StepProps) => React.ReactNode> = {
  recovery_key: RecoveryStep,
  address: AddressStep,
  carrier: CarrierStep,
  sender: SenderStep,
  candidacy: CandidacyStep,
};

function Checklist({
  setup,
  current,
  onPick,
}: {
  setup: Setup;
  current: StepKey;
  onPick: (step: StepKey) => void;
}) {
  const t = useT();
  return (
    <ol className="flex flex-col gap-0.5">
      <li className="flex items-start gap-3 rounded-lg px-3 py-2.5">
        <StateMark state="done" />
        <span className="min-w-0">
          <span className="block text-muted-foreground">{t.setup.steps.owner?.title}</span>
        </span>
      </li>
      {setup.steps.map(({ step, state }) => (
        <li key={step}>
          <button
            type="button"
            aria-current={step === current ? "step" : undefined}
            onClick={() => onPick(step)}
            className={cn(
              "press flex w-full items-start gap-3 rounded-lg px-3 py-2.5 text-left hover:bg-accent",
              step === current && "bg-accent",
            )}
          >
            <StateMark state={state} />
            <span className="min-w-0">
              <span className="block font-medium">{t.setup.steps[step]?.title}</span>
              <span className="block text-xs text-muted-foreground">
                <span className="sr-only">{t.setup.state[state]}: </span>
                {state === "skipped" ? t.setup.state.skipped : t.setup.steps[step]?.hint}
              </span>
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function StateMark({ state }: { state: string }) {
  const look = LOOK[state] ?? LOOK.todo;
  const Icon = look?.icon ?? Circle;
  return (
    <span
      aria-hidden
      className={cn("mt-px flex size-5 shrink-0 items-center justify-center rounded-full", look?.className)}
    >
      <Icon className="size-3" strokeWidth={3} />
    </span>
  );
}

function Blockers({ setup }: { setup: Setup }) {
  const t = useT();
  const none = setup.blockers.length === 0;
  return (
    <Card className={cn("mt-6 p-4", none && "bg-success-soft/60")}>
      <p className="flex items-center gap-2 font-medium">
        {none ? (
          <ShieldCheck aria-hidden className="size-4 text-success" />
        ) : (
          <TriangleAlert aria-hidden className="size-4 text-warning" />
        )}
        {none ? t.setup.blockersNone : t.setup.blockersTitle(setup.blockers.length)}
      </p>
      {!none && (
        <>
          <ul className="mt-2 flex list-disc flex-col gap-1 pl-5 text-muted-foreground">
            {setup.blockers.map((one) => (
              <li key={one.code}>{t.server.blocker(one.code, one.message)}</li>
            ))}
          </ul>
          <p className="mt-3 text-xs text-muted-foreground">{t.setup.rehearsalOk}</p>
        </>
      )}
    </Card>
  );
}

/** A calm checklist: any step can wait, nothing is lost by leaving, and it always says what still blocks a real send. */
export function SetupPage() {
  const t = useT();
  const status = useSetupStatus();
  const ownerNeeded = status.data?.ownerNeeded === true;
  const me = useMe();
  const tenant = useTenant();
  const setup = useSetup(me.isSuccess);
  const mark = useStepState();
  const errorText = useErrorText();
  const [picked, setPicked] = useState<StepKey | null>(null);
  const form = useRef<HTMLHeadingElement>(null);
  useTitle(t.setup.title);

  // No session on an installation that has an owner: log in first.
  const locked = me.error instanceof ApiError && me.error.status === 401 && status.isSuccess && !ownerNeeded;
  useEffect(() => {
    if (locked) window.location.replace("/login?next=/setup");
  }, [locked]);

  if (ownerNeeded && !me.isSuccess) {
    return (
      <Suspense>
        <OwnerStep tokenNeeded={status.data?.tokenNeeded ?? false} />
      </Suspense>
    );
  }
  const steps = setup.data?.steps ?? [];
  const current = picked ?? steps.find((s) => s.state === "todo")?.step ?? steps[0]?.step;
  const finish = (state: "done" | "skipped", extra: { publicUrl?: string | null } = {}) => {
    if (!current) return;
    mark.mutate(
      { step: current, state, ...extra },
      {
        onSuccess: (after) => setPicked(after.steps.find((s) => s.state === "todo")?.step ?? current),
        onError: (error) => toast(errorText(error), { tone: "error" }),
      },
    );
  };
  // On a phone the form stands below the list: whoever picks a step must see that something opened.
  const pick = (step: StepKey) => {
    setPicked(step);
    requestAnimationFrame(() => {
      form.current?.scrollIntoView({ block: "nearest" });
      form.current?.focus({ preventScroll: true });
    });
  };
  const Form = current ? FORMS[current] : null;

  return (
    <main className="thin-scroll h-dvh overflow-y-auto">
      <div className="mx-auto w-full max-w-[960px] px-6 py-10 max-md:px-4 max-md:py-6">
        <header className="mb-8 flex items-center gap-3">
          <Mark className="size-8 text-primary" />
          <span className="font-semibold">{tenant?.name ?? t.shell.product}</span>
          <span className="ml-auto flex items-center gap-2">
            <ThemeButton />
            <Button asChild>
              <Link href="/">{t.setup.finish}</Link>
            </Button>
          </span>
        </header>
        <h1 className="text-2xl font-semibold">{t.setup.welcome}</h1>
        <p className="mt-1 mb-8 text-muted-foreground">{t.setup.hint}</p>
        {setup.isError ? (
          <Failure title={t.setup.loadFailed} error={setup.error} onRetry={() => void setup.refetch()} />
        ) : !setup.data || !current || !Form ? (
          <Skeleton className="h-72 w-full rounded-lg" />
        ) : (
          <div className="grid gap-8 md:grid-cols-[280px_minmax(0,1fr)]">
            <nav aria-label={t.setup.title}>
              <Checklist setup={setup.data} current={current} onPick={pick} />
              <p className="mt-3 px-3 text-xs text-muted-foreground">
                {t.setup.progress(steps.filter((s) => s.state === "done").length + 1, steps.length + 1)}
              </p>
            </nav>
            <div>
              <Card className="p-6 max-md:p-4">
                <h2
                  ref={form}
                  tabIndex={-1}
                  className="mb-4 scroll-mt-24 scroll-mb-[50dvh] text-lg font-semibold outline-none"
                >
                  {t.setup.steps[current]?.title}
                </h2>
                <Form
                  key={current}
                  setup={setup.data}
                  busy={mark.isPending}
                  onDone={(extra) => finish("done", extra)}
                />
                <div className="mt-6 border-t pt-4">
                  <Button
                    variant="ghost"
                    busy={mark.isPending}
                    onClick={() => finish("skipped")}
                    className="-ml-3"
                  >
                    {t.setup.later}
                  </Button>
                </div>
              </Card>
              <Blockers setup={setup.data} />
            </div>
          </div>
        )}
      </div>
    </main>
  );
}
