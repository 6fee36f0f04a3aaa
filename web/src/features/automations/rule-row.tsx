"use client";

import { Ellipsis, Hand, Moon, Pencil, Repeat, ShieldCheck, Smartphone, Zap } from "lucide-react";
import type { Partition, TemplateLink } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/popover";
import { Switch } from "@/components/ui/switch";
import { useFormat } from "@/lib/i18n";
import { formOf, sentenceOf } from "./form";
import { Sentence } from "./sentence";
import { useWords } from "./words";

interface Props {
  link: TemplateLink;
  partition: Partition | undefined;
  mayWrite: boolean;
  onOpen: () => void;
  onSwitch: (on: boolean) => void;
  onApprove?: () => void;
  onRemove: () => void;
  onLog: () => void;
}

function Figure({ n, bad }: { n: number; bad?: boolean }) {
  const f = useFormat();
  return (
    <td className="tabular px-3 py-3 text-right align-top">
      {n ? (
        <span className={bad ? "font-semibold text-destructive" : ""}>{f.num(n)}</span>
      ) : (
        <span className="text-subtle">–</span>
      )}
    </td>
  );
}

export function RuleRow({ link, partition, mayWrite, onOpen, onSwitch, onApprove, onRemove, onLog }: Props) {
  const t = useWords();
  const Icon = { manual: Hand, on_create: Zap, on_update: Pencil }[link.triggerType];
  const repeat = link.repeatConfig as { maxRepeat?: number } | null;
  const said = partition ? sentenceOf(formOf(link, partition), partition, link.templateName, t) : link.name;
  const short = said.split(t.say.cooldown(String(link.cooldownHours)))[0] ?? said;
  const figures = link.figures;
  return (
    <tr className="border-b">
      <td className="w-12 py-3 pl-5 align-top">
        <Switch
          aria-label={t.on(link.name)}
          checked={link.isActive}
          disabled={!mayWrite}
          onCheckedChange={onSwitch}
        />
      </td>
      <td className="min-w-64 px-2 py-3 align-top">
        <button
          type="button"
          onClick={onOpen}
          className="block rounded-sm text-left leading-[22px] text-muted-foreground"
        >
          <span className="sr-only">{link.name}: </span>
          <Sentence text={short} />
        </button>
        <p className="mt-1 flex flex-wrap gap-x-3 gap-y-1 text-xs text-muted-foreground [&_svg]:mr-1 [&_svg]:inline [&_svg]:size-3.5">
          <span className="font-medium">{link.name}</span>
          <span>
            <Icon aria-hidden />
            {t.triggers[link.triggerType]}
          </span>
          {repeat && (
            <span>
              <Repeat aria-hidden />
              {t.repeats(Number(repeat.maxRepeat))}
            </span>
          )}
          {link.triggerType !== "manual" && (
            <span>
              <ShieldCheck aria-hidden />
              {t.cooldown(String(link.cooldownHours))}
            </span>
          )}
          {link.sendWindow && (
            <span>
              <Moon aria-hidden />
              {t.hours(link.sendWindow.from, link.sendWindow.until)}
            </span>
          )}
          {link.fallback && (
            <span>
              <Smartphone aria-hidden />
              {t.byText}
            </span>
          )}
        </p>
        {link.templateState !== "approved" && (
          <p className="mt-2 inline-block rounded-md bg-secondary px-2.5 py-1.5 text-xs">{t.notApproved}</p>
        )}
        {link.trouble && (
          <p className="mt-2 inline-flex flex-wrap gap-2 rounded-md bg-warning-soft px-2.5 py-1.5 text-xs text-warning">
            {link.troubleText} {t.troubles[link.trouble]}
            {link.trouble === "needs_approval" && onApprove && (
              <button type="button" onClick={onApprove} className="font-semibold underline">
                {t.approve}
              </button>
            )}
          </p>
        )}
        {(figures?.failed ?? 0) > 0 && (
          <p className="mt-2 inline-flex gap-2 rounded-md bg-warning-soft px-2.5 py-1.5 text-xs text-warning">
            {t.failedNote(figures?.failed ?? 0)}
            <button type="button" onClick={onLog} className="font-semibold underline">
              {t.seeLog}
            </button>
          </p>
        )}
      </td>
      <Figure n={figures?.sent ?? 0} />
      <Figure n={figures?.delivered ?? 0} />
      <Figure n={figures?.clicked ?? 0} />
      <Figure n={figures?.stopped ?? 0} />
      <Figure n={figures?.waiting ?? 0} />
      <Figure n={figures?.failed ?? 0} bad />
      <td className="w-12 py-2 pr-4 align-top">
        <Menu>
          <MenuTrigger asChild>
            <Button variant="ghost" size="icon-sm" aria-label={t.more(link.name)}>
              <Ellipsis />
            </Button>
          </MenuTrigger>
          <MenuContent align="end">
            <MenuItem onSelect={onLog}>{t.seeLog}</MenuItem>
            {mayWrite && <MenuItem onSelect={onOpen}>{t.edit}</MenuItem>}
            {mayWrite && <MenuItem onSelect={onRemove}>{t.remove}</MenuItem>}
          </MenuContent>
        </Menu>
      </td>
    </tr>
  );
}
