import { describe, expect, it } from "vitest";
import { comboOf, isComposing, type KeyLike, keyCaps, Sequencer } from "./keys";

function press(init: Partial<KeyLike>): KeyLike {
  return {
    code: "",
    key: "",
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    isComposing: false,
    keyCode: 0,
    repeat: false,
    ...init,
  };
}

describe("comboOf", () => {
  it("reads the physical key, so a Korean layout gives the same letter", () => {
    expect(comboOf(press({ code: "KeyJ", key: "ㅓ" }))).toBe("j");
    expect(comboOf(press({ code: "KeyJ", key: "j" }))).toBe("j");
  });
  it("treats Ctrl and Cmd alike", () => {
    expect(comboOf(press({ code: "KeyK", ctrlKey: true }))).toBe("mod+k");
    expect(comboOf(press({ code: "KeyK", key: "ㅏ", metaKey: true }))).toBe("mod+k");
  });
  it("names the question mark without its shift", () => {
    expect(comboOf(press({ code: "Slash", shiftKey: true }))).toBe("?");
    expect(comboOf(press({ code: "Slash" }))).toBe("/");
  });
  it("reads digits of both pads and both Enter keys", () => {
    expect(comboOf(press({ code: "Numpad3" }))).toBe("3");
    expect(comboOf(press({ code: "NumpadEnter", metaKey: true, shiftKey: true }))).toBe("mod+shift+enter");
  });
});

describe("isComposing", () => {
  it("catches the flag and the old key code", () => {
    expect(isComposing(press({ isComposing: true }))).toBe(true);
    expect(isComposing(press({ keyCode: 229 }))).toBe(true);
    expect(isComposing(press({ code: "KeyJ" }))).toBe(false);
  });
});

describe("Sequencer", () => {
  const make = () => new Sequencer(() => ["g c", "g m", "c", "j"]);
  it("joins two keys pressed in time", () => {
    const s = make();
    expect(s.feed("g", 0)).toBeNull();
    expect(s.feed("c", 500)).toBe("g c");
  });
  it("lets the second key stand alone when it comes late", () => {
    const s = make();
    s.feed("g", 0);
    expect(s.feed("c", 5000)).toBe("c");
  });
  it("forgets a sequence that another key broke", () => {
    const s = make();
    s.feed("g", 0);
    expect(s.feed("j", 10)).toBe("j");
    expect(s.feed("c", 20)).toBe("c");
  });
});

it("draws key caps for both kinds of keyboard", () => {
  expect(keyCaps("mod+shift+enter", true)).toEqual([["⌘", "⇧", "↵"]]);
  expect(keyCaps("mod+k", false)).toEqual([["Ctrl", "K"]]);
  expect(keyCaps("g c", false)).toEqual([["G"], ["C"]]);
});
