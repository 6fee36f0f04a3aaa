import { type ClassValue, clsx } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

/** tailwind-merge would read our own `text-2xs` as a colour and drop it beside `text-muted-foreground`. */
const merge = extendTailwindMerge({
  extend: { classGroups: { "font-size": [{ text: ["2xs"] }] } },
});

export function cn(...values: ClassValue[]): string {
  return merge(clsx(values));
}

/** Hues for tags and avatars: eight that are told apart by most eyes and are nobody's party colour by themselves. */
export const HUES = [285, 200, 158, 75, 25, 330, 240, 110] as const;

export function hueIndex(name: string): number {
  let hash = 2166136261;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 16777619);
  return (hash >>> 0) % HUES.length;
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
