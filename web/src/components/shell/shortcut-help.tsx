"use client";

import { useState } from "react";
import { useT } from "@/lib/i18n";
import { activeShortcuts, type Shortcut } from "@/lib/keys";
import { Badge } from "../ui/badge";
import { Dialog, DialogContent } from "../ui/dialog";
import { Input } from "../ui/field";
import { Keys } from "../ui/kbd";

const GROUPS: Shortcut["group"][] = ["screen", "list", "campaign", "everywhere"];

/** Lists the keys that work right now: the registry is the source, so that the list can't lie. */
export function ShortcutHelp({ onClose }: { onClose: () => void }) {
  const t = useT();
  const [find, setFind] = useState("");
  const [shortcuts] = useState(() => activeShortcuts().filter((s) => s.name));
  const shown = shortcuts.filter((s) => (t.keys.names[s.name as string] ?? "").includes(find.trim()));
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title={t.keys.title} className="md:w-[min(780px,calc(100vw-32px))]">
        <Input
          value={find}
          onChange={(e) => setFind(e.target.value)}
          placeholder={t.keys.find}
          aria-label={t.keys.find}
        />
        <div className="mt-4 gap-10 md:columns-2">
          {GROUPS.map((group) => {
            const rows = shown.filter((s) => s.group === group);
            if (rows.length === 0) return null;
            return (
              <section key={group} className="mb-5 break-inside-avoid">
                <h3 className="mb-1 flex items-center gap-2 text-xs font-semibold">
                  {t.keys.groups[group]}
                  {group !== "everywhere" && <Badge tone="brand">{t.keys.here}</Badge>}
                </h3>
                <dl>
                  {rows.map((s) => (
                    <div
                      key={s.combo}
                      className="flex min-h-[30px] items-center justify-between gap-3 border-b"
                    >
                      <dt className="text-muted-foreground">{t.keys.names[s.name as string]}</dt>
                      <dd>
                        <span className="sr-only">{s.combo}</span>
                        <Keys combo={s.combo} then={t.keys.afterwards} className="max-md:inline-flex" />
                      </dd>
                    </div>
                  ))}
                </dl>
              </section>
            );
          })}
        </div>
        <p className="text-xs text-muted-foreground">{t.keys.foot}</p>
      </DialogContent>
    </Dialog>
  );
}
