"use client";

import NextLink from "next/link";
import { usePathname, useRouter } from "next/navigation";
import type { ComponentProps } from "react";
import { useCallback, useMemo, useSyncExternalStore } from "react";

/**
 * The only file that imports `next/*` for routing: leaving Next later means rewriting this adapter and the thin files
 * under `app/`, not the screens.
 */
export function Link(props: ComponentProps<typeof NextLink>) {
  return <NextLink {...props} />;
}

export function useNavigate() {
  const router = useRouter();
  return useMemo(
    () => ({ to: (href: string) => router.push(href), replace: (href: string) => router.replace(href) }),
    [router],
  );
}

export function usePath(): string {
  return usePathname() ?? "/";
}

/**
 * The id in the last part of the address. `useParams()` answers the placeholder `_` of the exported page after soft
 * navigation, so the path is read instead. Use it for data only: printing it would differ from the prerendered HTML.
 */
export function useRecordId(): string | null {
  const last = usePath().split("/").filter(Boolean).at(-1);
  return last && last !== "_" ? decodeURIComponent(last) : null;
}

const CHANGE = "pabal:search";

function subscribe(listener: () => void): () => void {
  window.addEventListener("popstate", listener);
  window.addEventListener(CHANGE, listener);
  return () => {
    window.removeEventListener("popstate", listener);
    window.removeEventListener(CHANGE, listener);
  };
}

/**
 * View state in the query string (`useSearchParams` would put every page under a Suspense fallback in an export).
 * Never put what a person typed here: names and numbers have no place in addresses and access logs.
 */
export function useSearch(): [URLSearchParams, (changes: Record<string, string | null>) => void] {
  const path = usePath(); // re-read after soft navigation, which fires neither event
  const raw = useSyncExternalStore(
    subscribe,
    () => window.location.search,
    () => "",
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path stands for "the address changed"
  const params = useMemo(() => new URLSearchParams(raw), [raw, path]);
  const change = useCallback((changes: Record<string, string | null>) => {
    const next = new URLSearchParams(window.location.search);
    for (const [key, value] of Object.entries(changes)) {
      if (value === null || value === "") next.delete(key);
      else next.set(key, value);
    }
    const text = next.toString();
    window.history.replaceState(window.history.state, "", text ? `?${text}` : window.location.pathname);
    window.dispatchEvent(new Event(CHANGE));
  }, []);
  return [params, change];
}
