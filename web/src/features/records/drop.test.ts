import { describe, expect, it } from "vitest";
import type { TemplateLink } from "@/api/types";
import { afterDrop } from "./drop";

const rule = (name: string, triggerCondition: object | null, more: object = {}) =>
  ({
    name,
    templateName: "안내",
    isActive: true,
    trouble: "",
    triggerType: "on_update",
    triggerCondition,
    repeatConfig: null,
    ...more,
  }) as unknown as TemplateLink;
const state = (operator: string, value?: unknown) => ({ field: "state", operator, value });
const other = { field: "way", operator: "eq", value: "전화" };

describe("what a move on the board may cause", () => {
  it("names the rules whose condition the column fulfils, or leaves to other fields", () => {
    const links = [
      rule("eq", state("eq", "예약")),
      rule("to", state("changed_to", "예약")),
      rule("in", state("in", ["계약", "예약"])),
      rule("from", state("changed_from_to", ["신규", "예약"])),
      rule("and", { all: [state("eq", "예약"), other] }),
      rule("or", { any: [state("eq", "계약"), other] }),
      rule("not", { not: state("eq", "계약") }),
    ];
    expect(afterDrop(links, "state", "예약").sends).toEqual(["eq", "to", "in", "from", "and", "or", "not"]);
    expect(afterDrop(links, "state", "계약").sends).toEqual(["in", "or"]);
  });

  it("is silent about rules that are off, for new records, or that wait for another field to change", () => {
    const links = [
      rule("off", state("eq", "예약"), { isActive: false }),
      rule("held", state("eq", "예약"), { trouble: "unlawful" }),
      rule("new", state("eq", "예약"), { triggerType: "on_create" }),
      rule("elsewhere", { ...other, operator: "changed_to" }),
      rule("and", { all: [state("eq", "신규"), other] }),
    ];
    expect(afterDrop(links, "state", "예약")).toEqual({ sends: [], stops: [] });
  });

  it("names the rules that fire on every change of a record", () => {
    expect(afterDrop([rule("any", null), rule("way", other)], "state", "예약").sends).toEqual(["any", "way"]);
  });

  it("names the repeats that stop there for certain", () => {
    const stopping = (stopCondition: object) => ({
      triggerType: "on_create",
      repeatConfig: { stopCondition },
    });
    const links = [
      rule("", null, stopping(state("eq", "예약"))),
      rule("perhaps", null, stopping({ all: [state("eq", "예약"), other] })),
    ];
    expect(afterDrop(links, "state", "예약").stops).toEqual(["안내"]);
    expect(afterDrop(links, "state", "신규").stops).toEqual([]);
  });
});
