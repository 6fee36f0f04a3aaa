"use client";

import { createContext, Fragment, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type { Messages } from "@/messages";
import ko from "@/messages/ko";
import type { Locale } from "./format";
import * as format from "./format";
import { read, write } from "./storage";

interface I18n {
  t: Messages;
  locale: Locale;
  setLocale: (locale: Locale) => void;
}

const Context = createContext<I18n>({ t: ko, locale: "ko", setLocale: () => undefined });

/** Korean is in the bundle and in the prerendered page; English is fetched by those who chose it. */
export function I18nProvider({ children }: { children: ReactNode }) {
  const [chosen, setChosen] = useState<Locale>("ko");
  const [loaded, setLoaded] = useState<{ locale: Locale; t: Messages }>({ locale: "ko", t: ko });

  useEffect(() => {
    if (read("locale") === "en") setChosen("en");
  }, []);

  useEffect(() => {
    let stale = false;
    const source = chosen === "en" ? import("@/messages/en").then((m) => m.default) : Promise.resolve(ko);
    void source.then((t) => {
      if (stale) return;
      // The same words again would draw every line of the page again.
      setLoaded((now) => (now.t === t ? now : { locale: chosen, t }));
      document.documentElement.lang = chosen;
    });
    return () => {
      stale = true;
    };
  }, [chosen]);

  const value = useMemo<I18n>(
    () => ({
      ...loaded,
      setLocale: (locale) => {
        write("locale", locale);
        setChosen(locale);
      },
    }),
    [loaded],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useT(): Messages {
  return useContext(Context).t;
}

export function useLocale(): Pick<I18n, "locale" | "setLocale"> {
  return useContext(Context);
}

/** The formatters of `lib/format`, bound to the language on screen. */
export function useFormat() {
  const { locale } = useContext(Context);
  return useMemo(
    () => ({
      ...format,
      date: (at: Date | string | number, withYear = false) => format.date(at, locale, withYear),
      clock: (at: Date | string | number) => format.clock(at, locale),
      dateTime: (at: Date | string | number) => format.dateTime(at, locale),
      ago: (at: Date | string | number, now: number) => format.ago(at, now, locale),
      duration: (seconds: number) => format.duration(seconds, locale),
    }),
    [locale],
  );
}

/** A catalogue text with its **strong** parts, so that no sentence has to be cut into pieces. */
export function Rich({ text }: { text: string }) {
  return text.split("**").map((part, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one sentence have no other name
      <b key={index} className="font-semibold text-foreground">
        {part}
      </b>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: see above
      <Fragment key={index}>{part}</Fragment>
    ),
  );
}
