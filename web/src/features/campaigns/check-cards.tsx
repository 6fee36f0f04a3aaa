"use client";

import {
  Ban,
  Check as CheckIcon,
  ChevronDown,
  ChevronUp,
  type LucideIcon,
  PencilLine,
  Tag,
  TriangleAlert,
  UserCheck,
} from "lucide-react";
import { useState } from "react";
import type { Check, Verdict } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { useMedia } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { usePageWords } from "@/lib/page-words";
import { Link } from "@/lib/router";
import { cn } from "@/lib/utils";
import ko from "@/messages/ko/content";
import { useReasonText } from "./reasons";

const english = () => import("@/messages/en/content");

interface EquationProps {
  check: Check;
  people: number;
  excluded: number;
  onEdit?: () => void;
  /** Opens the list of whoever was left out for a reason, or (without one) of whoever gets it. */
  onWhom?: (whom: { title: string; reason?: string }) => void;
}

/** Chosen − reasons = recipients, and it adds up on screen. */
export function CheckEquation({ check, people, excluded, onEdit, onWhom }: EquationProps) {
  const t = useT();
  const f = useFormat();
  const reason = useReasonText();
  return (
    <Card>
      <CardHead
        title={t.composer.audience}
        actions={
          onEdit && (
            <Button variant="ghost" size="sm" onClick={onEdit}>
              <PencilLine aria-hidden />
              {t.composer.change}
            </Button>
          )
        }
      />
      <div className="flex items-center gap-5 px-5 py-4 max-md:flex-col max-md:items-stretch max-md:gap-3 max-md:px-4">
        <p className="shrink-0">
          <span className="block text-xs text-muted-foreground">{t.composer.chosen}</span>
          <b className="text-xl font-semibold">{f.num(check.audience)}</b>
        </p>
        <span aria-hidden className="h-px w-2.5 shrink-0 bg-foreground max-md:hidden" />
        <dl className="min-w-0 flex-1">
          {[...check.excluded]
            .filter((one) => one.count > 0)
            .sort((a, b) => b.count - a.count)
            .map((one) => (
              <div key={one.reason} className="flex items-baseline gap-2 py-0.5 text-xs">
                <dt className="min-w-0 flex-1">
                  {onWhom ? (
                    <Button
                      variant="link"
                      onClick={() => onWhom({ title: reason(one.reason, one.label), reason: one.reason })}
                      className="h-auto p-0 text-xs font-medium max-md:min-h-6"
                    >
                      {reason(one.reason, one.label)}
                    </Button>
                  ) : (
                    <span className="font-medium">{reason(one.reason, one.label)}</span>
                  )}{" "}
                  <span className="text-muted-foreground">{t.campaigns.advice[one.reason]}</span>
                </dt>
                <dd className="font-semibold">{f.num(one.count)}</dd>
              </div>
            ))}
          <div className="mt-1.5 flex items-baseline border-t pt-1.5 text-xs text-muted-foreground">
            <dt className="flex-1">{t.composer.excludedSum}</dt>
            <dd className="font-semibold text-foreground">{f.num(excluded)}</dd>
          </div>
        </dl>
        <span aria-hidden className="shrink-0 text-muted-foreground max-md:hidden">
          =
        </span>
        <p className="shrink-0">
          {onWhom ? (
            <Button
              variant="link"
              onClick={() => onWhom({ title: t.composer.recipients })}
              className="h-auto p-0 text-xs max-md:min-h-6"
            >
              {t.composer.recipients}
            </Button>
          ) : (
            <span className="block text-xs text-muted-foreground">{t.composer.recipients}</span>
          )}
          <b className="block text-2xl font-semibold">{t.common.people(people)}</b>
        </p>
      </div>
    </Card>
  );
}

const LEVELS: { level: Verdict["level"]; icon: LucideIcon; text: string; ground: string }[] = [
  {
    level: "block",
    icon: Ban,
    text: "text-destructive",
    ground: "bg-danger-soft/60 shadow-[inset_3px_0_0_var(--destructive)]",
  },
  {
    level: "hold",
    icon: UserCheck,
    text: "text-brand-fg",
    ground: "bg-brand-soft/40 shadow-[inset_3px_0_0_var(--brand)]",
  },
  { level: "warn", icon: TriangleAlert, text: "text-warning", ground: "" },
  { level: "label", icon: Tag, text: "text-muted-foreground", ground: "" },
  { level: "ok", icon: CheckIcon, text: "text-success", ground: "" },
];

/** No text mends them: the candidacy, who signed, and the calendar stand on the page of the law. */
const AT_LAW = new Set(["E-02", "E-13", "D-09"]);

interface VerdictsProps {
  verdicts: Verdict[];
  /** The day whose law the articles were read in. */
  lawAsOf?: string;
  onEdit?: () => void;
}

/** What stops it first, what passed last and folded away. */
export function CheckVerdicts({ verdicts, lawAsOf, onEdit }: VerdictsProps) {
  const t = useT();
  const w = usePageWords(ko, english);
  const f = useFormat();
  const [open, setOpen] = useState(false);
  const passed = verdicts.filter((v) => v.level === "ok").length;
  const rows = LEVELS.flatMap((look) =>
    verdicts.filter((v) => v.level === look.level).map((verdict) => ({ verdict, look })),
  );
  const shown = open ? rows : rows.filter((r) => r.verdict.level !== "ok");
  return (
    <Card>
      <CardHead
        title={t.composer.check}
        actions={
          <span className="flex flex-wrap gap-3 text-xs text-muted-foreground">
            {LEVELS.map(({ level, icon: Icon, text }) => {
              const count = verdicts.filter((v) => v.level === level).length;
              return count === 0 ? null : (
                <span key={level} className="flex items-center gap-1">
                  <Icon aria-hidden className={cn("size-4", text)} />
                  {t.composer.levels[level]} <b className="font-semibold text-foreground">{f.num(count)}</b>
                </span>
              );
            })}
          </span>
        }
      />
      <ul>
        {shown.map(({ verdict, look }) => (
          <li
            key={`${verdict.rule}${verdict.message}`}
            className={cn("flex min-h-10 items-center gap-3 border-b px-4 py-2 last:border-b-0", look.ground)}
          >
            <look.icon
              aria-label={t.composer.levels[verdict.level]}
              className={cn("size-4 shrink-0", look.text)}
            />
            <span
              className={cn("min-w-0 flex-1", ["block", "hold"].includes(verdict.level) && "font-medium")}
            >
              {verdict.message}
            </span>
            {/* Articles of law are for reading, our own ids are not. */}
            <span className="max-w-44 shrink-0 text-right text-xs text-muted-foreground empty:hidden max-md:hidden">
              {verdict.article || (/[가-힣]/.test(verdict.rule) && verdict.rule)}
            </span>
            {verdict.level === "block" &&
              (AT_LAW.has(verdict.rule) ? (
                <Button asChild size="sm">
                  <Link href="/law">{t.shell.law}</Link>
                </Button>
              ) : (
                onEdit && (
                  <Button size="sm" onClick={onEdit}>
                    {t.common.edit}
                  </Button>
                )
              ))}
          </li>
        ))}
      </ul>
      {lawAsOf && verdicts.some((one) => one.article) && (
        <p className="border-t px-4 py-2 text-xs text-muted-foreground">{w.lawAsOf(f.date(lawAsOf))}</p>
      )}
      {passed > 0 && (
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex h-10 w-full items-center gap-1.5 border-t px-4 text-xs text-muted-foreground hover:bg-muted"
        >
          {open ? t.composer.passedHide : t.composer.passedShow(passed)}
          {open ? (
            <ChevronUp aria-hidden className="size-3.5" />
          ) : (
            <ChevronDown aria-hidden className="size-3.5" />
          )}
        </button>
      )}
    </Card>
  );
}

/** Cost, end and quota, each with the arithmetic it came from. */
export function CheckFigures({ check, people }: { check: Check; people: number }) {
  const t = useT();
  const f = useFormat();
  const w = usePageWords(ko, english);
  const narrow = useMedia("(max-width: 767px)");
  const months = (check.quotaMonths ?? []).map((one) => [Number(one.month.slice(5)), one.units] as const);
  const crosses = months.length > 1;
  const several = check.steps.filter((step) => !step.leftOut).length > 1;
  const each = people > 0 ? Math.round(check.cost.max / people) : 0;
  const figures = [
    {
      label: check.costExample ? t.composer.costExample : t.composer.cost,
      value:
        check.cost.min === check.cost.max
          ? t.common.won(check.cost.max)
          : t.common.atMost(t.common.won(check.cost.max)),
      hint: several
        ? t.composer.costFirst(t.common.won(check.cost.min))
        : t.composer.costEach(f.num(people), f.num(each)),
    },
    {
      label: t.composer.finish,
      value: check.finishAt ? f.clock(check.finishAt) : "–",
      hint: check.finishAt
        ? w.finishHint(f.date(check.finishAt), f.clock(check.startsAt), f.num(check.rate))
        : "",
      short: w.perSecond(f.num(check.rate)),
    },
    {
      label: crosses ? w.quotaAfterOf(months.at(-1)?.[0] ?? 0) : t.composer.quotaAfter,
      value: check.quotaAfter === null ? t.composer.noLimit : t.common.messages(check.quotaAfter),
      hint: crosses
        ? months.map(([month, units]) => w.quotaOf(month, f.num(units))).join(" · ")
        : several && check.units.max > 0
          ? t.composer.quotaWorst(f.num(check.units.max))
          : "",
    },
  ];
  return (
    <Card className="grid grid-cols-3">
      {figures.map((one) => (
        <p key={one.label} className="border-r px-4 py-3 last:border-r-0 max-md:px-2.5">
          <span className="block text-xs text-muted-foreground">{one.label}</span>
          <b className="block text-lg font-semibold max-md:text-base">{one.value}</b>
          <span className="block min-h-4 text-xs text-muted-foreground">
            {one.short && narrow ? one.short : one.hint}
          </span>
        </p>
      ))}
    </Card>
  );
}
