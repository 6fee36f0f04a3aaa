"use client";

import { ArrowRight, Send } from "lucide-react";
import { useEffect } from "react";
import type { Import } from "@/api/types";
import { PageHeader } from "@/components/shell/page-header";
import { Steps } from "@/components/steps";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { unfollow } from "@/lib/followed";
import { Rich, useFormat, useT } from "@/lib/i18n";
import { Link, useNavigate } from "@/lib/router";
import { startWith } from "../campaigns/draft";
import { useContactTotal } from "../contacts/queries";
import { ImportFacts } from "./facts";
import { FixRows } from "./fix-rows";
import { countsOf, Flow } from "./flow";
import { STATE_TONE } from "./imports-page";
import { MadeUp } from "./made-up";
import { ErrorFile, Reasons } from "./reasons";
import { UndoImport } from "./undo-import";

export function ResultScreen({ one }: { one: Import }) {
  const t = useT();
  const f = useFormat();
  const { to } = useNavigate();
  const total = useContactTotal().data;
  const counts = countsOf(one);
  const done = one.state === "completed";
  useEffect(() => unfollow(one.id), [one.id]);

  const titles: Record<string, [string, string]> = {
    completed: [
      t.imports.doneTitle(f.num(one.rowsDone), f.duration(Math.max(1, one.seconds ?? 1))),
      total ? t.imports.doneHint(f.num(total.value)) : "",
    ],
    failed: [
      t.imports.failedTitle,
      [one.problem, t.imports.failedHint(f.num(one.rowsDone))].filter(Boolean).join(" "),
    ],
    cancelled: [t.imports.cancelledTitle(f.num(one.rowsDone)), ""],
    undone: [t.imports.undoneTitle, t.imports.undoneHint],
  };
  const [title, hint] = titles[one.state] ?? ["", ""];

  return (
    <>
      <PageHeader
        title={one.fileName}
        trail={[
          { href: "/contacts", label: t.contacts.title },
          { href: "/contacts/imports", label: t.imports.listTitle },
        ]}
        meta={<Badge tone={STATE_TONE[one.state]}>{t.imports.states[one.state]}</Badge>}
        actions={
          <>
            <UndoImport one={one} />
            {done && (
              <Button
                variant="primary"
                className="max-md:h-11"
                onClick={() => {
                  startWith(
                    { filter: { field: "import", op: "eq", value: one.id } },
                    one.rowsDone - one.rejected,
                  );
                  to("/campaigns/new");
                }}
              >
                <Send aria-hidden />
                <span className="max-md:sr-only">{t.imports.sendTo}</span>
              </Button>
            )}
          </>
        }
      />
      <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto w-full max-w-[1088px] px-6 pt-6 pb-10 max-md:px-4">
          <Steps label={t.imports.stepsLabel} steps={t.imports.steps} current={3} className="mb-8" />
          <h2 className="text-2xl font-semibold">{title}</h2>
          <p className="mt-1 mb-6 min-h-5 text-muted-foreground">{hint && <Rich text={hint} />}</p>
          <Flow
            counts={counts}
            total={Math.max(1, one.state === "completed" ? one.rowsDone : one.rowsTotal)}
            cards={{
              created: {
                hint: t.imports.outcomeHints.created,
                action: done && counts.created > 0 && (
                  <Button asChild size="sm">
                    <Link href={`/contacts?import=${one.id}`}>{t.imports.seeNew}</Link>
                  </Button>
                ),
              },
              merged: {
                hint:
                  one.skipped > 0 ? t.imports.skippedHint(f.num(one.skipped)) : t.imports.outcomeHints.merged,
              },
              review: {
                hint: t.imports.outcomeHints.review,
                action: counts.review > 0 && one.state === "completed" && (
                  <Button asChild size="sm" className="max-md:h-11">
                    <Link href="/contacts/duplicates">
                      {t.imports.reviewNow}
                      <ArrowRight aria-hidden />
                    </Link>
                  </Button>
                ),
              },
              rejected: {
                hint: counts.rejected > 0 ? t.imports.errorsHint : t.imports.errorsNone,
                action: counts.rejected > 0 && one.state !== "undone" && (
                  <ErrorFile one={one} count={counts.rejected} />
                ),
              },
            }}
          />
          {done && one.madeUpOpen && (
            <div className="mt-6">
              <MadeUp count={one.madeUp} link />
            </div>
          )}
          <Reasons one={one} />
          <FixRows one={one} />
          <div className="mt-6 border-t pt-4">
            <ImportFacts one={one} />
          </div>
        </div>
      </div>
    </>
  );
}
