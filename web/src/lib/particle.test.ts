import { expect, it } from "vitest";
import { type Particle, withParticle } from "./particle";

it.each<[string, Particle, string]>([
  ["김서연", "이/가", "김서연이"],
  ["한지수", "이/가", "한지수가"],
  ["문자", "을/를", "문자를"],
  ["명단", "을/를", "명단을"],
  ["서울", "으로/로", "서울로"],
  ["마포구", "으로/로", "마포구로"],
  ["망원동", "으로/로", "망원동으로"],
  ["12,480", "이/가", "12,480이"],
  ["SMS", "으로/로", "SMS로"],
  ["LMS(길게)", "은/는", "LMS(길게)는"],
  ["참석", "이에요/예요", "참석이에요"],
])("%s + %s", (word, particle, joined) => {
  expect(withParticle(word, particle)).toBe(joined);
});
