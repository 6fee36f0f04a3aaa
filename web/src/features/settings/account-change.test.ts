import { expect, it } from "vitest";
import type { CarrierAccount } from "@/api/types";
import { accountChange } from "./account-change";

const before = {
  name: "실제 발송사",
  ratePerSecond: 20,
  monthlyCap: null,
  mode: "polling",
} as CarrierAccount;
const typed = { name: "실제 발송사", ratePerSecond: 20, monthlyCap: null, mode: "polling" } as const;

it("sends only what differs", () => {
  expect(accountChange(before, { ...typed, monthlyCap: 5000 })).toEqual({ monthlyCap: 5000 });
  expect(accountChange(before, { ...typed, name: "본 발송사", mode: "webhook" })).toEqual({
    name: "본 발송사",
    mode: "webhook",
  });
});

it("sends a limit that was taken away, and nothing where nothing was changed", () => {
  expect(accountChange(before, { ...typed, ratePerSecond: null })).toEqual({ ratePerSecond: null });
  expect(accountChange(before, typed)).toBeNull();
});
