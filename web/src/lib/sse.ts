"use client";

import { useEffect, useRef, useState } from "react";

export type SseState = "connecting" | "open" | "reconnecting" | "done";

interface Options<T> {
  /** Null: not yet. */
  url: string | null;
  event: string;
  /** Everything that arrived since the last painted frame, oldest first. */
  onMessages: (messages: T[]) => void;
  /** After this message there will be no more. */
  isLast?: (message: T) => boolean;
  onOpen?: () => void;
}

/** A hidden tab gives its connection back after this long: browsers allow six per host over HTTP/1.1, for all tabs. */
const HIDDEN_MS = 30_000;
const RETRY_MS = [500, 1000, 2000, 4000, 8000, 15_000];

/**
 * One event stream: parsed, handed over at most once per painted frame, re-opened with growing pauses, closed while the
 * tab is hidden and after its last message. Messages are news, not deltas, so a gap is healed by reading again on open.
 */
export function useSse<T>({ url, event, onMessages, isLast, onOpen }: Options<T>): SseState {
  const [state, setState] = useState<SseState>("connecting");
  const handlers = useRef({ onMessages, isLast, onOpen });
  useEffect(() => {
    handlers.current = { onMessages, isLast, onOpen };
  });

  useEffect(() => {
    if (!url) return;
    let source: EventSource | null = null;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let hide: ReturnType<typeof setTimeout> | undefined;
    let frame = 0;
    let failures = 0;
    let done = false;
    let waiting: T[] = [];

    const flush = () => {
      frame = 0;
      const messages = waiting;
      waiting = [];
      handlers.current.onMessages(messages);
    };
    const close = () => {
      source?.close();
      source = null;
      clearTimeout(retry);
    };
    const open = () => {
      if (done || source) return;
      const mine = new EventSource(url);
      source = mine;
      mine.onopen = () => {
        failures = 0;
        setState("open");
        handlers.current.onOpen?.();
      };
      mine.addEventListener(event, (raw) => {
        const message = JSON.parse((raw as MessageEvent<string>).data) as T;
        waiting.push(message);
        frame ||= requestAnimationFrame(flush);
        if (handlers.current.isLast?.(message)) {
          done = true;
          close();
          setState("done");
        }
      });
      mine.onerror = () => {
        close();
        setState("reconnecting");
        retry = setTimeout(open, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
      };
    };
    const visibility = () => {
      clearTimeout(hide);
      if (document.hidden) hide = setTimeout(close, HIDDEN_MS);
      else open();
    };

    open();
    document.addEventListener("visibilitychange", visibility);
    return () => {
      document.removeEventListener("visibilitychange", visibility);
      clearTimeout(hide);
      cancelAnimationFrame(frame);
      close();
    };
  }, [url, event]);

  return state;
}
