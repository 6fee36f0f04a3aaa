"use client";

import { useSyncExternalStore } from "react";

/** Short news with, where it can be, a way back. One store, drawn once by the shell. */
export interface Toast {
  id: number;
  text: string;
  tone: "plain" | "error";
  undo?: { label: string; run: () => void };
  seconds: number;
}

let toasts: readonly Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(value: readonly Toast[]): void {
  toasts = value;
  for (const listener of listeners) listener();
}

export function toast(text: string, options: Partial<Omit<Toast, "id" | "text">> = {}): number {
  const id = next++;
  const made: Toast = { id, text, tone: "plain", seconds: options.tone === "error" ? 10 : 6, ...options };
  set([...toasts.slice(-2), made]);
  return id;
}

export function dismiss(id: number): void {
  set(toasts.filter((t) => t.id !== id));
}

/** Takes back the newest thing that can be taken back (the Z key). */
export function undoLast(): boolean {
  const last = toasts.findLast((t) => t.undo);
  if (!last) return false;
  dismiss(last.id);
  last.undo?.run();
  return true;
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
    () => [],
  );
}
