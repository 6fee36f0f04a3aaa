"use client";

import { useEffect, useState } from "react";
import { useLocale } from "@/lib/i18n";
import ko, { type Limits } from "@/messages/ko/limits";

let english: Limits | null = null;

/** The catalogue of these pages alone. English is fetched by those who chose it, as with the shared one. */
export function useWords(): Limits {
  const { locale } = useLocale();
  const [words, setWords] = useState<Limits>(locale === "en" && english ? english : ko);
  useEffect(() => {
    if (locale !== "en") {
      setWords(ko);
      return;
    }
    let stale = false;
    void import("@/messages/en/limits").then((loaded) => {
      english = loaded.default;
      if (!stale) setWords(loaded.default);
    });
    return () => {
      stale = true;
    };
  }, [locale]);
  return words;
}
