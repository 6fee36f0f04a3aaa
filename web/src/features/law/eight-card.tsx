"use client";

import { FileDown } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { koreanTime } from "@/lib/format";
import { useFormat } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { cn } from "@/lib/utils";
import { bundleUrl, type Candidacy, useNames } from "./queries";
import { useWords } from "./words";

const EIGHT = [1, 2, 3, 4, 5, 6, 7, 8];
const LOUD_FROM = 6; // as the rule law.six

const shortDay = (at: string) => {
  const { month, day } = koreanTime(at);
  return `${month}.${day}`;
};

/** The eight broadcasts, what was used, and the proof of each. */
export function EightCard({ candidacy, manages }: { candidacy: Candidacy | undefined; manages: boolean }) {
  const w = useWords();
  const f = useFormat();
  const nameOf = useNames();
  const taken = candidacy?.broadcasts ?? [];
  const full = taken.length >= EIGHT.length;
  return (
    <Card aria-labelledby="law-eight">
      <CardHead
        title={<span id="law-eight">{w.eight.title}</span>}
        hint={
          candidacy && (
            <span
              className={cn(
                full
                  ? "font-medium text-foreground"
                  : taken.length >= LOUD_FROM && "font-medium text-warning",
              )}
            >
              {full ? w.eight.all : w.eight.hint(taken.length, candidacy.left)}
            </span>
          )
        }
        actions={
          candidacy &&
          manages && (
            <Button asChild variant="ghost" size="sm" className="max-md:h-11">
              <a href={bundleUrl(candidacy)} download>
                <FileDown aria-hidden />
                {w.eight.proof}
              </a>
            </Button>
          )
        }
      />
      <ul className="grid grid-cols-8 gap-1 px-4 pt-4 pb-3" aria-label={w.eight.title}>
        {EIGHT.map((no) => {
          const used = taken.find((one) => one.no === no);
          return (
            <li key={no} className="min-w-0">
              <span className="sr-only">{used ? w.eight.used(no, f.date(used.at)) : w.eight.free(no)}</span>
              <span
                aria-hidden
                className={cn(
                  "flex h-8 items-center justify-center rounded-md text-sm font-medium",
                  used ? "bg-brand text-white dark:text-black" : "bg-secondary text-muted-foreground",
                )}
              >
                {no}
              </span>
              <span aria-hidden className="mt-1 block h-4 text-center text-2xs text-muted-foreground">
                {used && shortDay(used.at)}
              </span>
            </li>
          );
        })}
      </ul>
      {taken.length === 0 ? (
        <p className="border-t px-4 py-3 text-muted-foreground">{candidacy ? w.eight.none : w.eight.needs}</p>
      ) : (
        <section
          aria-label={w.eight.proof}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone the table scrolls sideways, and must do so by keyboard
          tabIndex={0}
          className="thin-scroll overflow-x-auto border-t focus-visible:-outline-offset-2"
        >
          <table aria-labelledby="law-eight" className="w-full min-w-[720px]">
            <thead>
              <tr className="h-8 border-b text-left text-xs text-muted-foreground">
                {w.eight.columns.map((one, index) => (
                  <th
                    key={one}
                    scope="col"
                    className={cn("px-1.5 font-normal first:pl-4 last:pr-4", index === 3 && "text-right")}
                  >
                    {one}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {taken.map((one) => (
                <tr key={one.no} className="h-[38px] border-b last:border-b-0 [&>*]:px-1.5">
                  <th scope="row" className="pl-4! text-left font-semibold whitespace-nowrap">
                    {w.eight.no(one.no)}
                  </th>
                  <td className="whitespace-nowrap text-muted-foreground">
                    {shortDay(one.at)} {f.clock(one.at)}
                  </td>
                  <td className="max-w-48 truncate">
                    {one.campaignId ? (
                      <Link href={`/campaigns/${one.campaignId}`} className="hover:underline">
                        {one.title}
                      </Link>
                    ) : (
                      one.title
                    )}
                  </td>
                  <td
                    className="text-right"
                    title={one.optedOut > 0 ? w.eight.refused(f.num(one.optedOut)) : undefined}
                  >
                    {f.num(one.people)}
                  </td>
                  <td className="max-w-28 truncate text-muted-foreground">{one.receipt}</td>
                  <td className="text-xs text-muted-foreground" title={one.textHash}>
                    <code>
                      {one.textHash.slice(0, 4)}…{one.textHash.slice(-4)}
                    </code>
                  </td>
                  <td className="max-w-24 truncate pr-4! text-muted-foreground">{nameOf(one.operatorId)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <p className="border-t bg-muted px-4 py-3 text-xs text-muted-foreground">{w.eight.reading}</p>
    </Card>
  );
}
