"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { Card } from "@/components/ui/card";
import { useMounted, useTitle } from "@/lib/hooks";
import { useLocale, useT } from "@/lib/i18n";
import { type Theme, useTheme } from "@/lib/theme";
import { cn } from "@/lib/utils";
import { SettingsShell } from "./settings-shell";

const THEMES = [
  { value: "system", icon: Monitor },
  { value: "light", icon: Sun },
  { value: "dark", icon: Moon },
] as const;

function Choice({
  name,
  checked,
  onChange,
  children,
}: {
  name: string;
  checked: boolean;
  onChange: () => void;
  children: React.ReactNode;
}) {
  return (
    <label
      className={cn(
        "press flex cursor-pointer items-center gap-3 rounded-lg border p-3.5 hover:border-border-strong has-focus-visible:outline-2 has-focus-visible:outline-ring",
        checked && "border-brand bg-brand-soft/50 shadow-[inset_0_0_0_1px_var(--brand)] hover:border-brand",
      )}
    >
      <input type="radio" name={name} checked={checked} onChange={onChange} className="sr-only" />
      {children}
    </label>
  );
}

export function AppearancePage() {
  const t = useT();
  const mounted = useMounted();
  const { theme, setTheme } = useTheme();
  const { locale, setLocale } = useLocale();
  const s = t.settings.appearance;
  useTitle(s.title);
  return (
    <SettingsShell title={s.title}>
      <Card className="p-5">
        <fieldset>
          <legend className="font-medium">{s.theme}</legend>
          <p className="mb-3 text-xs text-muted-foreground">{s.themeHint}</p>
          <div className="grid gap-2 md:grid-cols-3">
            {THEMES.map(({ value, icon: Icon }) => (
              <Choice
                key={value}
                name="theme"
                checked={mounted && theme === value}
                onChange={() => setTheme(value as Theme)}
              >
                <Icon aria-hidden className="size-4 text-muted-foreground" />
                {t.shell.theme[value]}
              </Choice>
            ))}
          </div>
        </fieldset>
        <fieldset className="mt-7">
          <legend className="mb-3 font-medium">{s.language}</legend>
          <div className="grid gap-2 md:grid-cols-3">
            <Choice name="locale" checked={locale === "ko"} onChange={() => setLocale("ko")}>
              <span lang="ko">{s.korean}</span>
            </Choice>
            <Choice name="locale" checked={locale === "en"} onChange={() => setLocale("en")}>
              <span lang="en">{s.english}</span>
            </Choice>
          </div>
        </fieldset>
      </Card>
    </SettingsShell>
  );
}
