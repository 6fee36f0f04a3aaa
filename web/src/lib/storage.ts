/** What this browser remembers. Storage may be refused (private windows, policy), which must never break a screen. */

type Key = "theme" | "locale" | "followed" | `draft:${string}` | `seen:${string}`;

export function read(key: Key): string | null {
  try {
    return window.localStorage.getItem(`pabal.${key}`);
  } catch {
    return null;
  }
}

export function write(key: Key, value: string | null): void {
  try {
    if (value === null) window.localStorage.removeItem(`pabal.${key}`);
    else window.localStorage.setItem(`pabal.${key}`, value);
  } catch {
    // Refused: the choice holds for this page only.
  }
}
