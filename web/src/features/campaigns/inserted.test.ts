import { expect, it } from "vitest";
import { inserted } from "./inserted";

it("tells the notices from what was written", () => {
  expect(inserted("인사드려요.", "(선거운동정보) 인사드려요.\n무료수신거부 080-123-4567")).toEqual({
    before: "(선거운동정보) ",
    own: "인사드려요.",
    after: "\n무료수신거부 080-123-4567",
  });
});

it("says nothing where nothing was put in, nothing is written, or it can't be told apart", () => {
  expect(inserted("인사드려요.\n", "인사드려요.")).toBeNull();
  expect(inserted("", "(광고) 가나다")).toBeNull();
  expect(inserted("다른 글", "(광고) 가나다")).toBeNull();
});
