"use client";

import { useEffect, useRef } from "react";

/**
 * The keyboard layer. Letters match by physical key (`code`), because with a Korean layout `key` is "ㅓ", not "j";
 * nothing fires while a syllable is being composed (`isComposing`, or keyCode 229 where Safari clears the flag early).
 */
export type KeyLike = Pick<
  KeyboardEvent,
  "code" | "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "isComposing" | "keyCode" | "repeat"
>;

/** "j", "mod+k", "mod+shift+enter", "?", "/", "escape", "arrowdown", or a sequence "g c". */
export type Combo = string;

export function isComposing(event: Pick<KeyLike, "isComposing" | "keyCode">): boolean {
  return event.isComposing || event.keyCode === 229;
}

function nameOf(event: KeyLike): string {
  if (/^Key[A-Z]$/.test(event.code)) return event.code.slice(3).toLowerCase();
  if (/^(Digit|Numpad)\d$/.test(event.code)) return event.code.slice(-1);
  if (event.code === "Slash") return event.shiftKey || event.key === "?" ? "?" : "/";
  if (event.code === "NumpadEnter") return "enter";
  return (event.code || event.key).toLowerCase();
}

export function comboOf(event: KeyLike): Combo {
  const name = nameOf(event);
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push("mod");
  if (event.altKey) parts.push("alt");
  if (event.shiftKey && name !== "?") parts.push("shift");
  parts.push(name);
  return parts.join("+");
}

const SEQUENCE_MS = 1200;

/** Remembers the first key of a sequence ("g" of "g c") for a moment. Time is handed in so that tests need no clock. */
export class Sequencer {
  private first: { combo: Combo; at: number } | null = null;

  constructor(private readonly combos: () => Iterable<Combo>) {}

  feed(combo: Combo, at: number): Combo | null {
    const pending = this.first && at - this.first.at < SEQUENCE_MS ? `${this.first.combo} ${combo}` : null;
    this.first = null;
    const known = [...this.combos()];
    if (pending && known.includes(pending)) return pending;
    if (known.some((c) => c.startsWith(`${combo} `))) this.first = { combo, at };
    return known.includes(combo) ? combo : null;
  }
}

export interface Shortcut {
  combo: Combo;
  /** Key of `t.keys.names`; shortcuts without one are not listed in the overlay. */
  name?: string;
  group: "screen" | "list" | "campaign" | "everywhere";
  run: (event: KeyboardEvent) => void;
  /** Also while typing in a field (Ctrl/Cmd combinations, Escape). */
  typing?: boolean;
  /** Also while a modal dialog is open. */
  modal?: boolean;
}

const registry = new Set<{ current: Shortcut[] }>();

export function activeShortcuts(): Shortcut[] {
  return [...registry].flatMap((entry) => entry.current);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button"].includes(target.type);
  return (
    target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
  );
}

/** Keys that the focused control needs itself: Enter and Space press it, arrows choose among radio buttons. */
function ownsKey(target: EventTarget | null, combo: Combo): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (combo === "enter" || combo === "space") {
    return (
      target.closest("a[href],button,summary,input,select,textarea,[role=button],[role=option]") !== null
    );
  }
  return combo.startsWith("arrow") && target instanceof HTMLInputElement && target.type === "radio";
}

const sequencer = new Sequencer(function* combos() {
  for (const shortcut of activeShortcuts()) yield shortcut.combo;
});

function listen(event: KeyboardEvent): void {
  if (event.defaultPrevented || isComposing(event)) return;
  if (["Shift", "Control", "Meta", "Alt"].includes(event.key)) return;
  const combo = comboOf(event);
  if (ownsKey(event.target, combo)) return;
  const typing = isTyping(event.target);
  const found = typing ? combo : sequencer.feed(combo, event.timeStamp);
  if (!found) return;
  const modal = document.querySelector("[data-modal]") !== null;
  const inMenu =
    event.target instanceof Element && event.target.closest("[role=menu],[role=listbox]") !== null;
  // The newest registration wins, so that a screen can take a key over from the shell.
  const shortcut = activeShortcuts()
    .reverse()
    .find((s) => s.combo === found && (!typing || s.typing) && (!modal || s.modal) && (!inMenu || s.typing));
  if (!shortcut) return;
  event.preventDefault();
  shortcut.run(event);
}

export function useShortcuts(shortcuts: Shortcut[]): void {
  const entry = useRef(shortcuts);
  useEffect(() => {
    entry.current = shortcuts;
  });
  useEffect(() => {
    if (registry.size === 0) window.addEventListener("keydown", listen);
    registry.add(entry);
    return () => {
      registry.delete(entry);
      if (registry.size === 0) window.removeEventListener("keydown", listen);
    };
  }, []);
}

export const isMac = () => typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** How a combination is drawn: ["⌘", "K"] or ["Ctrl", "K"]. */
export function keyCaps(combo: Combo, mac: boolean): string[][] {
  const caps: Record<string, string> = {
    mod: mac ? "⌘" : "Ctrl",
    shift: mac ? "⇧" : "Shift",
    alt: mac ? "⌥" : "Alt",
    enter: "↵",
    escape: "Esc",
    arrowup: "↑",
    arrowdown: "↓",
    arrowleft: "←",
    arrowright: "→",
  };
  return combo
    .split(" ")
    .map((step) =>
      step.split("+").map((key) => caps[key] ?? (/^(.|f\d+)$/.test(key) ? key.toUpperCase() : key)),
    );
}
