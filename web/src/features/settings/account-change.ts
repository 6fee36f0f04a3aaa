import type { CarrierAccount } from "@/api/types";
import type { AccountChange } from "./carrier-queries";

type Typed = Required<Pick<AccountChange, "name" | "ratePerSecond" | "monthlyCap" | "mode">>;

/**
 * What somebody has changed, and nothing else: the record says who changed what, and a value that the form carries along would
 * take back what somebody else has changed since it was opened. Null if all is as it was.
 */
export function accountChange(before: CarrierAccount, typed: Typed): AccountChange | null {
  const change: AccountChange = {};
  if (typed.name !== before.name) change.name = typed.name;
  if (typed.ratePerSecond !== before.ratePerSecond) change.ratePerSecond = typed.ratePerSecond;
  if (typed.monthlyCap !== before.monthlyCap) change.monthlyCap = typed.monthlyCap;
  if (typed.mode !== before.mode) change.mode = typed.mode;
  return Object.keys(change).length > 0 ? change : null;
}
