import { expect, it } from "vitest";
import type { Template } from "@/api/types";
import { blank, changesOf, diffLines, type Form, namesOf, samples, stepOf, tidy } from "./form";

it("sends only what was changed, and no rules of variables that are gone", () => {
  const before = { ...blank("sms"), name: "인사", body: "#{이름}님", defaults: { 이름: "회원" } };
  expect(changesOf(before, before)).toEqual({});
  expect(changesOf(before, { ...before, body: "안녕하세요" })).toEqual({ body: "안녕하세요", defaults: {} });
  expect(tidy({ ...before, formats: { 이름: "", 날짜: "date" } }).formats).toEqual({});
});

it("knows the variables of buttons", () => {
  const button = { buttonType: "WL", buttonName: "보기", linkMo: "https://a.kr/#{코드}" };
  const form: Form = { ...blank("alimtalk"), body: "#{이름}님", buttons: [button] };
  expect(namesOf(form)).toEqual(["이름", "코드"]);
  expect(tidy({ ...form, defaults: { 코드: "a", 없음: "b" } }).defaults).toEqual({ 코드: "a" });
  expect(namesOf({ ...form, channel: "sms" })).toEqual(["이름"]);
});

it("shows values in the shape of their format", () => {
  const form = { ...blank("sms"), body: "#{이름} #{날짜} #{모름}", formats: { 날짜: "date" } };
  expect(samples(form)).toEqual({ 이름: "김서연", 날짜: "2026-11-28" });
});

it("begins a campaign with a text to change, or with what Kakao approved", () => {
  const template = { id: "t", channel: "lms", body: "글", subject: "제목" } as Template;
  expect(stepOf(template)).toMatchObject({
    channel: "sms",
    body: "글",
    subject: "제목",
    kept: { channel: "lms", templateId: "t" },
  });
  expect(stepOf({ ...template, channel: "alimtalk" })).toMatchObject({
    channel: "alimtalk",
    templateId: "t",
    body: "",
    kept: { channel: "alimtalk" },
  });
});

it("tells which lines went and came", () => {
  expect(diffLines("가\n나\n다", "가\n라\n다")).toEqual([
    { kind: "same", text: "가" },
    { kind: "gone", text: "나" },
    { kind: "new", text: "라" },
    { kind: "same", text: "다" },
  ]);
  expect(diffLines("같은 글", "같은 글")).toEqual([{ kind: "same", text: "같은 글" }]);
});
