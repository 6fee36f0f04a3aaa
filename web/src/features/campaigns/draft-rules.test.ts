import { describe, expect, it } from "vitest";
import type { Campaign } from "@/api/types";
import ko from "@/messages/ko";
import { type Draft, draftOf, EMPTY, NEXT } from "./draft";
import {
  addStep,
  bodyText,
  changeStep,
  dropStep,
  isKeepable,
  missingIn,
  reviewed,
  swapSteps,
  toBody,
  windowFault,
  withSender,
  withTextAt,
} from "./draft-rules";

const FULL: Draft = { ...EMPTY, name: "안내", messageClass: "civic", senderId: "s1", body: "안녕하세요" };

it("finds nothing missing in a full draft", () => {
  expect(missingIn(FULL, ko)).toEqual([]);
});

it("asks for the class and the audience before anything of the message", () => {
  const missing = missingIn({ ...EMPTY, audience: { contactIds: [] } }, ko);
  expect(missing.map((m) => m.field)).toEqual([
    "campaign-class",
    "campaign-audience",
    "campaign-name",
    "campaign-sender",
    "campaign-body",
  ]);
  expect(missing[0]?.step).toBe(0);
});

it("sends a schedule as Korean time, whatever the browser's zone", () => {
  expect(toBody({ ...FULL, scheduleAt: "2026-11-24T10:00" }).schedule).toEqual({
    at: "2026-11-24T10:00:00+09:00",
    zone: "Asia/Seoul",
  });
  expect(toBody(FULL).schedule).toBeNull();
});

it("keeps the hours of a campaign and says what is wrong with others", () => {
  const hours = (from: string, until: string): Draft => ({ ...FULL, window: { from, until } });
  const good = hours("09:00", "20:00");
  expect(toBody(good).sendWindow).toEqual({ from: "09:00", until: "20:00" });
  expect(draftOf({ ...toBody(good), id: "1" } as unknown as Campaign).window).toEqual(good.window);
  expect([windowFault(good, ko), windowFault(FULL, ko), toBody(FULL).sendWindow]).toEqual([
    undefined,
    undefined,
    null,
  ]);
  for (const [draft, fault] of [
    [hours("", "20:00"), ko.composer.windowEmpty],
    [hours("20:00", "20:00"), ko.composer.windowOrder],
    [hours("20:00", "09:00"), ko.composer.windowOrder],
  ] as const) {
    expect([windowFault(draft, ko), toBody(draft).sendWindow]).toEqual([fault, null]);
  }
});

it("keeps a draft that has no name yet, and goes on asking for one", () => {
  const unnamed: Draft = { ...FULL, name: " " };
  const back = draftOf({ ...toBody(unnamed), id: "1" } as unknown as Campaign);
  expect(back.name).toBe("");
  expect(missingIn(back, ko).map((m) => m.field)).toEqual(["campaign-name"]);
  expect(bodyText(back)).toBe(bodyText({ ...unnamed, links: [], variants: [] }));
});

it("keeps nothing by itself that the server would refuse or that says nothing yet", () => {
  const split: Draft = {
    ...FULL,
    variants: [
      { key: "가", name: "", share: 60, body: "" },
      { key: "나", name: "", share: 60, body: "둘째" },
    ],
  };
  expect([FULL, EMPTY, split].map(isKeepable)).toEqual([true, false, false]);
  expect(isKeepable({ ...FULL, messageClass: "" })).toBe(false);
  expect(isKeepable({ ...FULL, audience: { contactIds: [] } })).toBe(false);
  expect(missingIn(split, ko).map((m) => m.field)).toEqual(["text-shares"]);
  const empty = { ...split, variants: split.variants?.map((one) => ({ ...one, share: 50, body: "" })) };
  expect(missingIn(empty, ko).map((m) => m.field)).toEqual(["text-나"]);
});

it("sends one audience", () => {
  expect(toBody({ ...FULL, audience: { contactIds: ["7"] } })).toMatchObject({ contactIds: ["7"] });
  expect(toBody(FULL)).not.toHaveProperty("contactIds");
});

const after = (draft: Draft, part: Partial<Draft>): Draft => ({ ...draft, ...part });

it("offers the other channel next, three steps at most", () => {
  const two = after(FULL, addStep(FULL));
  const three = after(two, addStep(two));
  expect(three.next.map((step) => step.channel)).toEqual(["alimtalk", "sms"]);
  expect(addStep(three)).toEqual({});
});

it("asks each further step for what its channel needs", () => {
  const draft: Draft = { ...FULL, next: [{ ...NEXT, channel: "alimtalk" }, { ...NEXT }] };
  expect(missingIn(draft, ko).map((m) => m.field)).toEqual([
    "next-0-template",
    "next-1-sender",
    "next-1-body",
  ]);
});

it("takes the permission to get both away with the last further step", () => {
  const draft: Draft = { ...FULL, next: [{ ...NEXT }], mayOverlap: true };
  expect(dropStep(draft, 0)).toEqual({ next: [], mayOverlap: false });
  expect(toBody({ ...FULL, mayOverlap: true }).mayOverlap).toBe(false);
});

it("sends an AlimTalk without text and number, and says when only if it was chosen", () => {
  const draft: Draft = {
    ...FULL,
    next: [{ ...NEXT, channel: "alimtalk", templateId: "t1", body: "남은 글" }],
  };
  const [, plain] = toBody(draft).steps;
  expect(plain).toEqual({ channel: "alimtalk", templateId: "t1", afterSeconds: 0 });
  const [, chosen] = toBody(after(draft, changeStep(draft, 0, { fallbackOn: ["final"] }))).steps;
  expect(chosen).toMatchObject({ fallbackOn: ["final"] });
});

it("comes back from the server as it went there", () => {
  const draft: Draft = {
    ...FULL,
    next: [{ ...NEXT, senderId: "s1", body: "다음 글", fallbackOn: ["final"], afterSeconds: 600 }],
    mayOverlap: true,
  };
  const { steps, mayOverlap } = toBody(draft);
  const back = draftOf({
    ...toBody(draft),
    contactIds: null,
    filter: {},
    schedule: null,
  } as unknown as Campaign);
  expect(toBody(back)).toMatchObject({ steps, mayOverlap });
});

it("gives a step whose number is gone one that there is", () => {
  const draft: Draft = {
    ...FULL,
    next: [
      { ...NEXT, senderId: "old" },
      { ...NEXT, channel: "alimtalk" },
    ],
  };
  expect(withSender(draft, ["s1"])?.next?.map((step) => step.senderId)).toEqual(["s1", ""]);
  expect(withSender(FULL, ["s1"])).toBeNull();
  expect(withSender({ ...FULL, senderId: "" }, [])).toBeNull();
});

it("gives back what the form doesn't show, as it came", () => {
  const campaign = {
    id: "1",
    name: "안내",
    messageClass: "civic",
    segmentId: "seg",
    filter: null,
    contactIds: null,
    mayOverlap: false,
    steps: [
      {
        channel: "lms",
        senderId: "s1",
        templateId: "t1",
        body: "",
        subject: "제목",
        missingPolicy: "stop",
        defaults: { 이름: "회원" },
        formats: { 날짜: "date" },
      },
      { channel: "alimtalk", templateId: "k1", missingPolicy: "default", defaults: { 이름: "님" } },
    ],
    schedule: { zone: "Asia/Seoul", notAfter: "2026-12-01T00:00:00Z" },
    sendWindow: null,
    version: 4,
  } as unknown as Campaign;
  const draft = draftOf(campaign);
  const body = toBody(draft);
  expect(body).toMatchObject({ segmentId: "seg", schedule: campaign.schedule });
  expect(body).not.toHaveProperty("filter");
  expect(body.steps[0]).toEqual(campaign.steps[0]);
  expect(body.steps[1]).toMatchObject(campaign.steps[1] as object);
  expect([draft.version, missingIn(draft, ko)]).toEqual([4, []]);
});

it("leaves the rules of a channel behind with the channel", () => {
  const kept = { channel: "alimtalk", defaults: { 이름: "님" } } as const;
  const draft: Draft = { ...FULL, kept };
  expect(toBody(draft).steps[0]).not.toHaveProperty("defaults");
  expect(toBody({ ...draft, channel: "alimtalk", templateId: "k1" }).steps[0]).toHaveProperty("defaults");
});

it("moves what is said and leaves when it is said", () => {
  const kakao = { ...NEXT, channel: "alimtalk" as const, templateId: "t1", afterSeconds: 3600 };
  const third = { ...NEXT, body: "셋째", senderId: "s1", fallbackOn: ["final" as const] };
  const three: Draft = { ...FULL, next: [kakao, third] };
  const moved = { ...three, ...swapSteps(three, 0) };
  expect([moved.channel, moved.templateId, moved.body]).toEqual(["alimtalk", "t1", ""]);
  expect(moved.next.map((one) => [one.body, one.afterSeconds])).toEqual([
    ["안녕하세요", 3600],
    ["셋째", 0],
  ]);
  const below = { ...three, ...swapSteps(three, 1) };
  expect(below.next.map((one) => [one.channel, one.afterSeconds, one.fallbackOn])).toEqual([
    ["sms", 3600, null],
    ["alimtalk", 0, ["final"]],
  ]);
  expect({ ...moved, ...swapSteps(moved, 0) }).toEqual({ ...three, kept: undefined });
});

it("moves nothing past the end, and no first step whose text is split", () => {
  const two: Draft = { ...FULL, next: [{ ...NEXT, body: "둘째" }] };
  expect(swapSteps(two, 1)).toEqual({});
  expect(swapSteps({ ...two, variants: [{ key: "가", name: "", share: 100, body: "" }] }, 0)).toEqual({});
});

it("stores who gets it on a number that several people use, and checks again when it changes", () => {
  const newest: Draft = { ...FULL, sharedNumbers: "newest" };
  expect(toBody(newest).sharedNumbers).toBe("newest");
  expect(draftOf({ ...toBody(newest), id: "1" } as unknown as Campaign).sharedNumbers).toBe("newest");
  expect(reviewed(newest)).not.toBe(reviewed(FULL));
});

describe("texts of a split on several steps", () => {
  const split: Draft = {
    ...FULL,
    body: "하나",
    next: [
      { ...NEXT, senderId: "s1", body: "둘" },
      { ...NEXT, senderId: "s1", body: "셋" },
    ],
    variants: [
      { key: "가", name: "", share: 50, body: "" },
      { key: "나", name: "", share: 50, body: "", next: ["", "나-셋"] },
    ],
  };
  const said = (draft: Draft) => toBody(draft).variants?.map((one) => one.steps);

  it("says what each step says, and comes back as it was", () => {
    expect(said(split)).toEqual([[], [null, null, { body: "나-셋" }]]);
    const back = draftOf({ ...toBody(split), id: "1" } as unknown as Campaign);
    expect(said(back)).toEqual(said(split));
  });

  it("moves and goes with its step", () => {
    expect(said({ ...split, ...swapSteps(split, 1) })).toEqual([[], [null, { body: "나-셋" }]]);
    expect(said({ ...split, ...dropStep(split, 0) })).toEqual([[], [null, { body: "나-셋" }]]);
    expect(said({ ...split, ...dropStep(split, 1) })).toEqual([[], []]);
  });

  it("leaves a template's words alone", () => {
    const kakao = { ...NEXT, channel: "alimtalk" as const, templateId: "t1" };
    expect(said({ ...split, next: [kakao] })).toEqual([[], []]);
  });

  it("is changed on one step without touching another", () => {
    const [, second] = split.variants ?? [];
    expect(second && withTextAt(second, 1, "나-둘").next).toEqual(["나-둘", "나-셋"]);
  });
});
