import type { Role } from "@/api/types";

const ORDER: Record<Role, number> = { staff: 0, admin: 1, owner: 2 };

/** For hiding what a person can't do anyway. The server decides; this only spares them the attempt. */
export function atLeast(role: Role | null | undefined, needed: Role): boolean {
  return role != null && ORDER[role] >= ORDER[needed];
}
