import { expect, it } from "vitest";
import { safeNext } from "./login-page";

it.each([
  ["?next=%2Fcontacts%3Ftag%3Da", "/contacts?tag=a"],
  ["", "/"],
  ["?next=https%3A%2F%2Fevil.example", "/"],
  ["?next=%2F%2Fevil.example", "/"],
  ["?next=%2F%5Cevil.example", "/"],
])("%s leads to %s", (search, place) => {
  expect(safeNext(search)).toBe(place);
});
