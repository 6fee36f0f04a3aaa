export type Role = "owner" | "admin" | "staff";

const ORDER: Record<Role, number> = { staff: 0, admin: 1, owner: 2 };

/** For hiding what a person can't do anyway. The server decides; this only spares them the attempt. */
export function atLeast(role: Role | undefined, needed: Role): boolean {
  return role !== undefined && ORDER[role] >= ORDER[needed];
}
