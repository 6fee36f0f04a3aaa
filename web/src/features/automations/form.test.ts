import { expect, test } from "vitest";
import type { Partition, TemplateLink } from "@/api/types";
import t from "@/messages/ko/automations";
import { groupOf } from "./condition";
import { blank, bodyOf, formOf, sentenceOf } from "./form";

const field = (key: string, label: string, type: string) =>
  ({ key, label, type, isPhone: type === "phone", isName: key === "name", options: [] }) as never;
const partition = {
  id: "p",
  name: "상담 신청",
  fields: [field("name", "이름", "text"), field("phone", "전화", "phone"), field("status", "상태", "select")],
} as unknown as Partition;

test("a rule reads as one sentence, with the particles its words ask for", () => {
  const form = {
    ...blank(partition),
    rows: [{ field: "status", operator: "eq", value: "신규" }],
    repeats: true,
    stop: { field: "status", operator: "eq", value: "상담" },
    fallback: true,
  };
  expect(sentenceOf(form, partition, "접수 안내", t)).toBe(
    "{상담 신청}에 {새 레코드}가 들어오고 {상태}가 {신규}이면 바로 {전화}로 {접수 안내} 알림톡을 보내요." +
      " 이후 {24시간마다 최대 3번} 더 보내고, {상태}가 {상담}이면 멈춰요." +
      " 같은 레코드에는 {1시간} 안에 겹쳐 보내지 않아요. 카카오로 닿지 않으면 {문자}로 보내요.",
  );
});

test("by hand there is neither condition nor repeat in the sentence", () => {
  const form = { ...blank(partition), triggerType: "manual" as const, repeats: true };
  expect(sentenceOf(form, partition, "접수 안내", t)).toBe(
    "{상담 신청}에서 레코드를 골라 {보내기}를 누르면 바로 {전화}로 {접수 안내} 알림톡을 보내요.",
  );
});

test("what the API took comes back as the rows it was made of", () => {
  const form = {
    ...blank(partition),
    templateId: "t",
    join: "any" as const,
    rows: [
      { field: "status", operator: "changed_to", value: "신규" },
      { field: "name", operator: "is_empty", value: "" },
    ],
    repeats: true,
    stop: { field: "status", operator: "ne", value: "신규" },
  };
  const body = bodyOf(form, partition);
  expect(body.triggerCondition).toEqual({
    any: [
      { field: "status", operator: "changed_to", value: "신규" },
      { field: "name", operator: "is_empty" },
    ],
  });
  const stored = { ...body, cooldownHours: 1 } as unknown as TemplateLink;
  expect(formOf(stored, partition)).toEqual({ ...form, mappings: {} });
});

test("groups in groups are words, and come back as they were made", () => {
  const is = (value: string) => ({ field: "status", operator: "eq", value });
  const form = {
    ...blank(partition),
    templateId: "t",
    rows: [
      { field: "name", operator: "is_not_empty", value: "" },
      { join: "any" as const, rows: [is("신규"), { join: "all" as const, rows: [is("상담"), is("완료")] }] },
    ],
  };
  const made = bodyOf(form, partition);
  expect(made.triggerCondition).toEqual({
    all: [
      { field: "name", operator: "is_not_empty" },
      { any: [is("신규"), { all: [is("상담"), is("완료")] }] },
    ],
  });
  expect(groupOf(made.triggerCondition as never)?.rows).toEqual(form.rows);
  expect(sentenceOf(form, partition, "안내", t)).toContain(
    "{이름}이 {채워져} 있고 ({상태}가 {신규}이면 또는 ({상태}가 {상담}이고 {상태}가 {완료}이면)) 바로",
  );
});

test("a rule that is opened and saved keeps its fallback and its lateness whole", () => {
  const fallback = {
    channel: "lms",
    body: "접수했어요",
    subject: "안내",
    senderId: "s",
    fallbackOn: ["final"],
    afterSeconds: 600,
  };
  const stopCondition = { any: [{ field: "status", operator: "eq", value: "완료" }] };
  const stored = {
    ...bodyOf(blank(partition), partition),
    fallback,
    notAfterHours: 24,
    repeatConfig: { intervalHours: 1, maxRepeat: 2, stopCondition },
  } as unknown as TemplateLink;
  const again = bodyOf(formOf(stored, partition), partition);
  expect(again.fallback).toEqual(fallback);
  expect(again.notAfterHours).toBe(24);
  expect(again.repeatConfig?.stopCondition).toEqual(stopCondition);
});

test("a condition deeper than rows is kept as it is", () => {
  const deep = { all: [{ not: { field: "status", operator: "eq", value: "신규" } }] };
  expect(groupOf(deep)).toBeNull();
  const stored = {
    ...bodyOf(blank(partition), partition),
    triggerCondition: deep,
  } as unknown as TemplateLink;
  expect(bodyOf(formOf(stored, partition), partition).triggerCondition).toEqual(deep);
});

test("from one value to another, and one of several, are rows too", () => {
  const rows = [
    { field: "status", operator: "changed_from_to", value: "신규, 상담" },
    { field: "status", operator: "in", value: "신규, 상담" },
  ];
  const form = { ...blank(partition), templateId: "t", triggerType: "on_update" as const, rows };
  const made = bodyOf(form, partition);
  expect(made.triggerCondition).toEqual({
    all: rows.map((row) => ({ field: "status", operator: row.operator, value: ["신규", "상담"] })),
  });
  expect(groupOf(made.triggerCondition as never)?.rows).toEqual(rows);
  expect(sentenceOf(form, partition, "안내", t)).toContain("{상태}가 {신규}에서 {상담}으로 {바뀌고}");
  const half = { ...form, rows: [{ field: "status", operator: "changed_from_to", value: "신규, " }] };
  expect(bodyOf(half, partition).triggerCondition).toBeNull();
});
