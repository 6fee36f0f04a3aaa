import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, it, vi } from "vitest";
import { campaignsKey } from "@/features/campaigns/queries";
import { contactsKey } from "@/features/contacts/queries";
import { ME, QUOTA } from "@/features/session/queries";
import { fillEarly, PLACES } from "./early";

afterEach(() => vi.unstubAllGlobals());

it("files each answer where the feature's own query looks for it", () => {
  expect(PLACES.map((place) => place.key)).toEqual([
    ME,
    QUOTA,
    campaignsKey(50),
    contactsKey({ q: "", filter: {}, sort: "-createdAt" }),
  ]);
});

it("fills what has come in and leaves the rest to be asked", () => {
  const text = JSON.stringify({ items: [{ id: "1" }], nextCursor: null });
  const contacts = "/api/contacts?sort=-createdAt&limit=100";
  vi.stubGlobal("window", {
    __early: {
      "/api/quota": { answer: new Promise(() => undefined) },
      [contacts]: { answer: Promise.resolve(null), here: { status: 200, text } },
    },
  });
  const client = new QueryClient();
  fillEarly(client);
  expect(client.getQueryData(contactsKey({ q: "", filter: {}, sort: "-createdAt" }))).toEqual({
    pages: [{ items: [{ id: "1" }], nextCursor: null }],
    pageParams: [null],
  });
  expect(client.getQueryData(QUOTA)).toBeUndefined();
  expect(Object.keys(window.__early ?? {})).toEqual(["/api/quota"]);
});
