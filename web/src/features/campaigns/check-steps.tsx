"use client";

import { PencilLine } from "lucide-react";
import type { Check } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { useFormat, useT } from "@/lib/i18n";
import { usePageWords } from "@/lib/page-words";
import { cn } from "@/lib/utils";
import ko from "@/messages/ko/content";
import { useReasonText } from "./reasons";

const english = () => import("@/messages/en/content");

/** What each step would say to how many, if every one before it failed for everybody. */
export function CheckSteps({ check, onEdit }: { check: Check; onEdit?: () => void }) {
  const t = useT();
  const f = useFormat();
  const reason = useReasonText();
  const w = usePageWords(ko, english);
  if (check.steps.length < 2) return null;
  return (
    <Card>
      <CardHead
        title={t.composer.stepsTitle}
        actions={
          onEdit && (
            <Button variant="ghost" size="sm" onClick={onEdit}>
              <PencilLine aria-hidden />
              {t.composer.change}
            </Button>
          )
        }
      />
      <ol>
        {check.steps.map((step, index) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the order
            key={index}
            className="flex items-baseline gap-3 border-b px-4 py-2.5 last:border-b-0"
          >
            <span className="shrink-0 text-muted-foreground">{t.composer.stepNo(index + 1)}</span>
            <span className="min-w-0 flex-1">
              <span className="block font-medium">{t.contacts.channels[step.channel] ?? step.channel}</span>
              {index > 0 && typeof step.likely === "number" && (
                <span className="block text-xs text-muted-foreground">
                  {w.likely(t.common.people(step.likely))}
                </span>
              )}
              {step.excluded.map((one) => (
                <span key={one.reason} className="block text-xs text-muted-foreground">
                  {t.composer.stepExcluded(reason(one.reason, one.label), f.num(one.count))}
                </span>
              ))}
            </span>
            <b className={cn("shrink-0 font-semibold", step.leftOut && "text-warning")}>
              {step.leftOut
                ? t.composer.stepLeftOut
                : index === 0
                  ? t.common.people(step.people)
                  : t.common.atMost(t.common.people(step.people))}
            </b>
          </li>
        ))}
      </ol>
    </Card>
  );
}
