import type { AllBooks } from "@/api/types";

export interface Whole {
  /** Counted, and nothing is open or different, and nothing is left to count. */
  closed: boolean;
  differences: number;
  openPeople: number;
  /** Sends of these pages that nobody has counted: about them nothing may be said. */
  uncounted: number;
  /** There are further sends of the month, which come with "more". */
  more: boolean;
  /** Sends whose books differ, open ones of other months too. */
  apart: AllBooks["differences"];
}

/** What all pages so far come to. A send that is open and of this month may be told of by two of them: it counts once. */
export function wholeOf(pages: AllBooks[]): Whole {
  const apart = new Map(pages.flatMap((page) => page.differences.map((one) => [one.sendId, one] as const)));
  const counted = new Set([
    ...apart.keys(),
    ...pages.flatMap((page) => page.open.map((row) => row.sendId)),
    ...pages.flatMap((page) => page.sends.items.filter((one) => one.books).map((one) => one.sendId)),
  ]);
  const left = new Set(pages.flatMap((page) => page.uncounted).filter((one) => !counted.has(one)));
  const openPeople = pages.flatMap((page) => page.open).reduce((sum, row) => sum + row.people, 0);
  const differences =
    [...apart.values()].reduce((sum, one) => sum + one.differences, 0) +
    (pages.every((page) => page.month.equal) ? 0 : 1);
  const more = pages.at(-1)?.sends.nextCursor != null;
  return {
    closed: differences === 0 && openPeople === 0 && left.size === 0 && !more,
    differences,
    openPeople,
    uncounted: left.size,
    more,
    apart: [...apart.values()],
  };
}
