import { expect, it } from "vitest";
import { ApiError, OfflineError } from "@/api/client";
import { ownerName, shutOut } from "./names";

it("names a worker by its place and its pid, not by its start", () => {
  expect(ownerName("0123456789abcdef-fedcba9876543210:4026531836:4711:99887766")).toBe(
    "01234567-fedcba98 · pid 4711",
  );
  expect(ownerName("odd")).toBe("odd");
});

it("stops watching before a closed door alone", () => {
  expect([401, 403].map((status) => shutOut(new ApiError(status, "", {})))).toEqual([true, true]);
  expect([500, 502, 503, 429].some((status) => shutOut(new ApiError(status, "", {})))).toBe(false);
  expect(shutOut(new OfflineError()) || shutOut(null)).toBe(false);
});
