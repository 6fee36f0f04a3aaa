"use client";

import { useEffect, useState } from "react";
import { useLocale } from "./i18n";

/** English by its Korean sister, once it has been fetched. */
const fetched = new WeakMap<object, object>();

/**
 * A catalogue that comes with its pages alone: every other page would carry it for nothing. English is fetched by those who chose
 * it, as with the shared one. Both arguments are the module's own, the same at every call.
 */
export function usePageWords<T extends object>(korean: T, fetchEnglish: () => Promise<{ default: T }>): T {
  const { locale } = useLocale();
  const [words, setWords] = useState(() => (locale === "en" && (fetched.get(korean) as T)) || korean);
  useEffect(() => {
    if (locale !== "en") {
      setWords(korean);
      return;
    }
    let stale = false;
    void fetchEnglish().then((loaded) => {
      fetched.set(korean, loaded.default);
      if (!stale) setWords(loaded.default);
    });
    return () => {
      stale = true;
    };
  }, [locale, korean, fetchEnglish]);
  return words;
}
