import { http } from "@/api/client";
import type { Filter } from "../contacts/filter";

export interface Total {
  value: number;
  relation: string;
}

/** What one request takes. */
const MOST = 20;

interface Waiting {
  filter: Filter;
  resolve: (total: Total) => void;
  reject: (error: unknown) => void;
}

let waiting: Waiting[] = [];

async function ask(batch: Waiting[]): Promise<void> {
  try {
    const { items } = await http.post("/api/segments/counts", { filters: batch.map((one) => one.filter) });
    batch.forEach((one, at) => {
      const total = items[at];
      if (total) one.resolve(total);
      else one.reject(new Error("no count"));
    });
  } catch (error) {
    for (const one of batch) one.reject(error);
  }
}

/** What is asked in the same moment goes to the server together: a builder of ten conditions asks once, not ten times. */
export function countOf(filter: Filter): Promise<Total> {
  return new Promise((resolve, reject) => {
    waiting.push({ filter, resolve, reject });
    if (waiting.length > 1) return;
    setTimeout(() => {
      const all = waiting;
      waiting = [];
      for (let at = 0; at < all.length; at += MOST) void ask(all.slice(at, at + MOST));
    }, 0);
  });
}
