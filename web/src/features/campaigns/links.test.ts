import { describe, expect, it } from "vitest";
import { EMPTY } from "./draft";
import { toBody } from "./draft-rules";
import { chipOf, evenly, linkKeys, withoutText, withText, withUrl } from "./links";

describe("links of a draft", () => {
  it("are those that any of its texts names", () => {
    const draft = {
      ...EMPTY,
      body: "#{이름}님 #{링크}",
      variants: [{ key: "나", name: "", share: 50, body: "#{링크: 지도 } #{링크}" }],
    };
    expect(linkKeys(draft)).toEqual(["", "지도"]);
    expect(chipOf("지도")).toBe("#{링크:지도}");
  });

  it("keep one address each", () => {
    expect(withUrl([{ key: "", url: "a" }], "", "b")).toEqual([{ key: "", url: "b" }]);
  });
});

describe("several texts", () => {
  it("share a hundred percent whatever their number", () => {
    let texts = withText(withText([]));
    for (let n = 2; n <= 5; n++) {
      expect(texts.map((one) => one.share).reduce((a, b) => a + b)).toBe(100);
      texts = withText(texts);
    }
    expect(texts).toHaveLength(5);
    expect(new Set(texts.map((one) => one.key)).size).toBe(5);
  });

  it("are none once only one is left", () => {
    expect(withoutText(withText(withText([])), "나")).toEqual([]);
  });

  it("go to the server whole or not at all", () => {
    const texts = evenly([
      { key: "가", name: "", share: 0, body: "" },
      { key: "나", name: " 둘 ", share: 0, body: "다른 글" },
    ]);
    expect(toBody({ ...EMPTY, variants: texts }).variants).toEqual([
      { key: "가", name: "", share: 50, steps: [] },
      { key: "나", name: "둘", share: 50, steps: [{ body: "다른 글" }] },
    ]);
    const short = texts.map((one) => ({ ...one, share: 10 }));
    expect(toBody({ ...EMPTY, variants: short }).variants).toEqual([]);
    expect(toBody({ ...EMPTY, messageClass: "campaign", variants: texts }).variants).toEqual([]);
  });
});
