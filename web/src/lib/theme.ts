"use client";

import { useCallback, useSyncExternalStore } from "react";
import { read, write } from "./storage";

export type Theme = "system" | "light" | "dark";

const EVENT = "pabal:theme";

function apply(theme: Theme): void {
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
}

function current(): Theme {
  const stored = read("theme");
  return stored === "light" || stored === "dark" ? stored : "system";
}

function subscribe(listener: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const changed = () => {
    apply(current());
    listener();
  };
  window.addEventListener(EVENT, listener);
  window.addEventListener("storage", changed);
  system.addEventListener("change", changed);
  return () => {
    window.removeEventListener(EVENT, listener);
    window.removeEventListener("storage", changed);
    system.removeEventListener("change", changed);
  };
}

export function useTheme(): { theme: Theme; dark: boolean; setTheme: (theme: Theme) => void } {
  const theme = useSyncExternalStore(subscribe, current, () => "system" as const);
  const dark = useSyncExternalStore(
    subscribe,
    () => document.documentElement.classList.contains("dark"),
    () => false,
  );
  const setTheme = useCallback((next: Theme) => {
    write("theme", next === "system" ? null : next);
    apply(next);
    window.dispatchEvent(new Event(EVENT));
  }, []);
  return { theme, dark, setTheme };
}
