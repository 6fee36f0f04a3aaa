"use client";

import { useEffect, useMemo } from "react";
import { byteLength, encodable, normalise, unsendable, warm } from "@/lib/cp949";
import { useDebounced } from "@/lib/hooks";
import { fill, variablesOf } from "@/lib/variables";
import { usePreview } from "./queries";

/** As long as anybody's short link, if the hub is opened at its public address: a code has eleven characters. */
const LINK = `${typeof window === "undefined" ? "https://hub.example" : window.location.origin}/l/${"0".repeat(11)}`;

/** Values of the length people really have, for the range before the server has looked at the list itself. */
const SHORT: Record<string, string> = { 이름: "김윤", 지역: "합정동", 링크: LINK };
const LONG: Record<string, string> = { 이름: "남궁서연", 지역: "마포구 망원제1동", 링크: LINK };
export const SAMPLE: Record<string, string> = { 이름: "김서연", 지역: "망원동", 링크: LINK };

export interface Weight {
  min: number;
  max: number;
  counted: boolean;
  unsendable: string[];
  /** The text with the server's offers taken. */
  replaced: string;
}

/**
 * Bytes while typing: the browser's estimate at once, the server's count a quarter of a second later. With variables
 * there is no single number, so a range is shown; the check counts it over the real audience.
 */
export function useWeight(body: string): Weight {
  // The table is made once, before the first letter instead of during it.
  useEffect(() => warm(), []);
  const settled = useDebounced(body, 250);
  const varies = useMemo(() => variablesOf(body).length > 0, [body]);
  const server = usePreview(settled, "sms", null);
  return useMemo(() => {
    const bad = unsendable(body);
    const offers = new Map(server.data?.charsNotEncodable.map((one) => [one.char, one.replacement]));
    const replaced = [...normalise(body)].map((c) => (encodable(c) ? c : (offers.get(c) ?? ""))).join("");
    const min = byteLength(fill(body, SHORT));
    const max = byteLength(fill(body, LONG));
    const counted = server.data !== undefined && settled === body && !server.isPlaceholderData;
    if (counted && !varies) {
      return { min: server.data.bytes, max: server.data.bytes, counted, unsendable: bad, replaced };
    }
    return { min, max, counted: false, unsendable: bad, replaced };
  }, [body, settled, varies, server.data, server.isPlaceholderData]);
}
