import { expect, it } from "vitest";
import { type Action, NOTHING, order, reduce, type Work } from "./work";

const ids = ["a", "b", "c", "d"];
const play = (...actions: Action[]): Work => actions.reduce(reduce, reduce(NOTHING, { type: "loaded", ids }));

it("begins with the first and goes on below the one that was answered", () => {
  expect(play().current).toBe("a");
  expect(play({ type: "answer", ids, id: "a", decision: "merge" }).current).toBe("b");
  expect(play({ type: "open", id: "c" }, { type: "answer", ids, id: "c", decision: "shared" }).current).toBe(
    "d",
  );
});

it("comes back to what was left above, then to what was put off", () => {
  const work = play(
    { type: "later", ids, id: "a" },
    { type: "open", id: "d" },
    { type: "answer", ids, id: "d", decision: "merge" },
  );
  expect(work.current).toBe("b");
  expect(order(ids, work)).toEqual(["b", "c", "a"]);
});

it("has nothing left when everything is answered", () => {
  const work = ids.reduce(
    (state, id) => reduce(state, { type: "answer", ids, id, decision: "separate" }),
    play(),
  );
  expect(work.current).toBeNull();
  expect(work.trail).toEqual(ids);
});

it("takes the last one back and returns to it", () => {
  const work = play({ type: "answer", ids, id: "a", decision: "merge" }, { type: "undo", id: "a" });
  expect(work.current).toBe("a");
  expect(work.answers).toEqual({});
  expect(work.trail).toEqual([]);
});

it("shows whose answer came first and doesn't offer to take it back", () => {
  const work = play(
    { type: "answer", ids, id: "a", decision: "merge" },
    { type: "taken", ids, id: "a", decision: "shared", by: "이도현" },
  );
  expect(work.answers.a).toEqual({ decision: "shared", by: "이도현" });
  expect(work.trail).toEqual([]);
  expect(work.current).toBe("b");
});

it("keeps its place when more are loaded", () => {
  const work = play({ type: "open", id: "c" });
  expect(reduce(work, { type: "loaded", ids: [...ids, "e"] }).current).toBe("c");
});
