import { ApiError } from "@/api/client";

/** Somebody must log in; anything else may be well again at the next look. */
export function shutOut(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 401 || error.status === 403);
}

/**
 * An owner is `machine-boot:pidns:pid:start`; people tell processes apart by place and pid. The ids of the place are random,
 * so their beginnings do.
 */
export function ownerName(owner: string): string {
  const [place = "", , pid] = owner.split(":");
  const short = place
    .split("-")
    .map((id) => id.slice(0, 8))
    .join("-");
  return [short, pid && `pid ${pid}`].filter(Boolean).join(" · ");
}
