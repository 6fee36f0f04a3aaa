import type { ContactPage } from "@/api/types";

export interface Place {
  at: number;
  /** Null when the list can't say it exactly. */
  total: number | null;
  previous: string | null;
  next: string | null;
}

/** The place of a contact in the first of these lists that holds it. */
export function placeIn(lists: ContactPage[][], id: string): Place | null {
  for (const pages of lists) {
    const ids = pages.flatMap((page) => page.items.map((one) => one.id));
    const at = ids.indexOf(id);
    if (at < 0) continue;
    const total = pages[0]?.total;
    return {
      at,
      total: total?.relation === "eq" ? total.value : null,
      previous: ids[at - 1] ?? null,
      next: ids[at + 1] ?? null,
    };
  }
  return null;
}
