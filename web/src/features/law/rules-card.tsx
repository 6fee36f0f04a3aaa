"use client";

import { Check, ChevronDown, Lock } from "lucide-react";
import { useState } from "react";
import { http } from "@/api/client";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field, Textarea } from "@/components/ui/field";
import { Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { Switch } from "@/components/ui/switch";
import { useFormat } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { cn } from "@/lib/utils";
import { type LawRule, useLawAct, useRules } from "./queries";
import { useWords } from "./words";

/** The five that people ask about; the rest is one click away. */
const FIRST = {
  camp: ["E-03", "E-05", "C-06", "C-01", "E-09"],
  sales: ["A-01", "A-02", "A-03", "A-04", "A-05"],
};

/** Which rules hold: those of the law without a switch, ours (all about a camp's texts) with one for owners. */
export function RulesCard({ camp, owner }: { camp: boolean; owner: boolean }) {
  const w = useWords();
  const f = useFormat();
  const rules = useRules();
  const [open, setOpen] = useState(false);
  const [changing, setChanging] = useState<LawRule | null>(null);
  const all = rules.data?.items ?? [];
  const first = FIRST[camp ? "camp" : "sales"];
  const statutes = all.filter((one) => !one.switchable);
  const shown = [
    ...first.flatMap((id) => statutes.find((one) => one.id === id) ?? []),
    ...(open ? statutes.filter((one) => !first.includes(one.id)) : []),
  ];
  return (
    <Card aria-labelledby="law-rules">
      <CardHead title={<span id="law-rules">{w.rules.title}</span>} />
      {rules.isError ? (
        <Failure compact title={w.loadFailed} error={rules.error} onRetry={() => void rules.refetch()} />
      ) : !rules.data ? (
        <div className="flex flex-col gap-3 p-4">
          {[1, 2, 3, 4].map((line) => (
            <Skeleton key={line} className="h-5 w-full" />
          ))}
        </div>
      ) : (
        <>
          <div className="p-4">
            <p className="mb-2 flex items-center gap-1.5 text-xs text-muted-foreground">
              <Lock aria-hidden className="size-3.5" />
              {w.rules.statute}
            </p>
            <ul id="law-statutes">
              {shown.map((one) => (
                <li key={one.id} className="flex items-start gap-2 py-1.5">
                  <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-success" />
                  <span className="min-w-0 flex-1">{w.does(one.id, one.does)}</span>
                  <span className="w-28 shrink-0 text-right text-xs text-muted-foreground">
                    {w.article(one.article)}
                  </span>
                </li>
              ))}
            </ul>
            <Button
              variant="ghost"
              size="sm"
              aria-expanded={open}
              aria-controls="law-statutes"
              onClick={() => setOpen(!open)}
              className="-ml-2.5 max-md:h-11"
            >
              {open ? w.rules.fold : w.rules.rest(statutes.length - first.length)}
              <ChevronDown aria-hidden className={cn(open && "rotate-180")} />
            </Button>
          </div>
          {camp && (
            <div className="border-t p-4">
              <p className="mb-2 text-xs text-muted-foreground">{w.rules.ours}</p>
              <ul>
                {all
                  .filter((one) => one.switchable)
                  .map((one) => (
                    <li key={one.id} className="flex items-center gap-3 py-1.5">
                      <span className="min-w-0 flex-1">
                        {w.does(one.id, one.does)}{" "}
                        {one.level === "ok" && <Badge tone="neutral">{w.rules.off}</Badge>}
                        <span className="block text-xs text-muted-foreground">
                          {one.changedAt && one.reason
                            ? w.rules.changed(f.date(one.changedAt), one.reason)
                            : w.article(one.article)}
                        </span>
                      </span>
                      <Switch
                        aria-label={w.does(one.id, one.does)}
                        checked={one.level !== "ok"}
                        disabled={!owner}
                        onCheckedChange={() => setChanging(one)}
                      />
                    </li>
                  ))}
              </ul>
            </div>
          )}
        </>
      )}
      {changing && <RuleDialog rule={changing} onClose={() => setChanging(null)} />}
    </Card>
  );
}

function RuleDialog({ rule, onClose }: { rule: LawRule; onClose: () => void }) {
  const w = useWords();
  const errorText = useErrorText();
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const off = rule.level === "ok";
  const level = off ? rule.ownLevel : "ok";
  const change = useLawAct((said: string) =>
    http.patch("/api/rules/{rule_id}", { level, reason: said }, { path: { rule_id: rule.id } }),
  );
  const short = reason.trim().length < 2;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={off ? w.rules.turnOn : w.rules.turnOff}
        description={w.does(rule.id, rule.does)}
        footer={
          <Button
            variant="primary"
            busy={change.isPending}
            className="max-md:h-12 max-md:flex-1"
            onClick={() => {
              setTried(true);
              if (short) return;
              change.mutate(reason.trim(), {
                onSuccess: () => {
                  toast(w.rules.done);
                  onClose();
                },
                onError: (error) => toast(errorText(error), { tone: "error" }),
              });
            }}
          >
            {off ? w.rules.on_ : w.rules.off_}
          </Button>
        }
      >
        <Field
          label={w.rules.why}
          hint={w.rules.whyHint}
          error={tried && short ? w.rules.whyNeed : undefined}
        >
          <Textarea value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
        </Field>
      </DialogContent>
    </Dialog>
  );
}
