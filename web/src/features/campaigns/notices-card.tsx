"use client";

import type { Campaign, Check } from "@/api/types";
import { Card, CardHead } from "@/components/ui/card";
import { useT } from "@/lib/i18n";
import { usePageWords } from "@/lib/page-words";
import ko from "@/messages/ko/content";
import { inserted } from "./inserted";

const english = () => import("@/messages/en/content");

/** The text as it goes out, with what the law wants in it marked: nobody should be surprised by their own message. */
export function NoticesCard({ check, written }: { check: Check; written: Campaign["steps"] }) {
  const w = usePageWords(ko, english);
  const t = useT();
  const cuts = check.steps.flatMap((step, index) => {
    const cut = inserted(written[index]?.body ?? "", step.body);
    return cut ? [{ index, cut }] : [];
  });
  if (cuts.length === 0) return null;
  return (
    <Card>
      <CardHead title={w.notices} hint={w.noticesHint} />
      {cuts.map(({ index, cut }) => (
        <p key={index} className="border-b px-4 py-3 whitespace-pre-wrap last:border-b-0">
          {check.steps.length > 1 && (
            <span className="block text-xs text-muted-foreground">{t.composer.stepNo(index + 1)}</span>
          )}
          {cut.before.trim() && <Put>{cut.before}</Put>}
          {cut.own}
          {cut.after.trim() && <Put>{cut.after}</Put>}
        </p>
      ))}
    </Card>
  );
}

function Put({ children }: { children: string }) {
  return <mark className="rounded-sm bg-brand-soft px-0.5 font-medium text-brand-fg">{children}</mark>;
}
