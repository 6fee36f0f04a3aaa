"use client";

import { createContext, useContext, useEffect, useMemo } from "react";
import { byteLength, encodable, normalise, unsendable, warm } from "@/lib/cp949";
import { useDebounced } from "@/lib/hooks";
import { fill, variablesOf } from "@/lib/variables";
import type { Messages } from "@/messages";
import type { Draft } from "./draft";
import { toBody } from "./draft-rules";
import { usePreview, useWeighed } from "./queries";

/** As long as anybody's short link, if the hub is opened at its public address: a code has eleven characters. */
export const LINK = `${typeof window === "undefined" ? "https://hub.example" : window.location.origin}/l/${"0".repeat(11)}`;

/** Values of the length people really have, for the range before the server has looked at the list itself. */
const SHORT: Record<string, string> = { 이름: "김윤", 지역: "합정동", 링크: LINK };
const LONG: Record<string, string> = { 이름: "남궁서연", 지역: "마포구 망원제1동", 링크: LINK };
export const SAMPLE: Record<string, string> = { 이름: "김서연", 지역: "망원동", 링크: LINK };

/** Bytes of each step over the real audience, of a draft that was in the form a moment ago; its texts with the law's notices. */
interface Weighed {
  bodies: string[];
  dressed: { body: string; subject: string }[];
  steps: { people: number; bytes: { min: number; max: number } }[];
  cost: { min: number; max: number } | null;
  seconds: number | null;
}

export const WeighedContext = createContext<Weighed | null>(null);

/**
 * Everybody's values are asked for when the hand rests: 400 ms, as the server renders every text. Above 20,000 people it says nothing,
 * and the browser's estimate stands until the check.
 */
export function useWeighedDraft(draft: Draft): Weighed | null {
  const asked = JSON.stringify(weighable(draft));
  const rested = useDebounced(asked, 400);
  const body = useMemo(() => JSON.parse(rested) as ReturnType<typeof weighable>, [rested]);
  const found = useWeighed(body).data;
  return useMemo(() => {
    if (!found || !body) return null;
    return { bodies: body.steps.map((step) => ("body" in step && step.body) || ""), ...found };
  }, [found, body]);
}

/**
 * What the server is asked to weigh; null while it would refuse. Name, time and where links lead weigh nothing and don't ask anew;
 * other texts of a split have meters of their own.
 */
export function weighable(draft: Draft): ReturnType<typeof toBody> | null {
  const steps = [draft, ...draft.next];
  const whole = steps.every((step) =>
    step.channel === "alimtalk" ? step.templateId !== "" : step.senderId !== "" && step.body.trim() !== "",
  );
  const someone = !("contactIds" in draft.audience) || draft.audience.contactIds.length > 0;
  if (!whole || !someone || draft.messageClass === "") return null;
  const said = { ...draft, name: "-", scheduleAt: "", notAfter: null, window: null, links: [], variants: [] };
  return toBody(said);
}

/** Each character that can't be sent, and what would stand there instead. */
export function offered(weight: Weight, t: Messages): string {
  return weight.unsendable.map((char) => t.composer.instead(char, weight.offers.get(char) ?? "")).join(", ");
}

export interface Weight {
  min: number;
  max: number;
  counted: boolean;
  unsendable: string[];
  /** What the server offers for one; nothing: it goes. */
  offers: Map<string, string>;
  /** The text with the server's offers taken. */
  replaced: string;
  /** Won for one message; null until the server has said it. */
  price: { sms: number; lms: number } | null;
}

/**
 * Bytes while typing: the browser's estimate at once, the server's count a quarter of a second later. With variables
 * there is no single number, so a range is shown: that of the people who were chosen, once the server has said it.
 */
export function useWeight(body: string): Weight {
  // The table is made once, before the first letter instead of during it.
  useEffect(() => warm(), []);
  const settled = useDebounced(body, 250);
  const varies = useMemo(() => variablesOf(body).length > 0, [body]);
  const server = usePreview(settled, "sms", null);
  const weighed = useContext(WeighedContext);
  return useMemo(() => {
    const bad = unsendable(body);
    const offers = new Map<string, string>(
      server.data?.charsNotEncodable.map((one) => [one.char, one.replacement ?? ""]),
    );
    const replaced = [...normalise(body)].map((c) => (encodable(c) ? c : (offers.get(c) ?? ""))).join("");
    const min = byteLength(fill(body, SHORT));
    const max = byteLength(fill(body, LONG));
    const price = server.data ? { sms: server.data.smsPrice, lms: server.data.lmsPrice } : null;
    const counted = server.data !== undefined && settled === body && !server.isPlaceholderData;
    if (counted && !varies) {
      return {
        min: server.data.bytes,
        max: server.data.bytes,
        counted,
        unsendable: bad,
        offers,
        replaced,
        price,
      };
    }
    const real = weighed?.steps[weighed.bodies.indexOf(body)];
    if (varies && real && real.people > 0) {
      return { ...real.bytes, counted: true, unsendable: bad, offers, replaced, price };
    }
    return { min, max, counted: false, unsendable: bad, offers, replaced, price };
  }, [body, settled, varies, weighed, server.data, server.isPlaceholderData]);
}
