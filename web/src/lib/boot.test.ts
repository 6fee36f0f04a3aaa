import { afterEach, expect, it, vi } from "vitest";
import { BOOT_SCRIPT, takeEarly, takeHere } from "./boot";

afterEach(() => vi.unstubAllGlobals());

function boot(pathname: string, search = "", stored: string | null = null, status = 200) {
  const asked: string[] = [];
  const classes = new Set<string>();
  const window: Pick<Window, "__early"> = {};
  const run = new Function(
    "window",
    "location",
    "localStorage",
    "matchMedia",
    "document",
    "fetch",
    BOOT_SCRIPT,
  );
  run(
    window,
    { pathname, search },
    { getItem: () => stored },
    () => ({ matches: false }),
    { documentElement: { classList: { add: (name: string) => classes.add(name) } } },
    (url: string) => {
      asked.push(url);
      return Promise.resolve(new Response('{"ok":true}', { status }));
    },
  );
  vi.stubGlobal("window", window);
  return { asked, classes };
}

it("asks for the session and the first page of the list before the application is there", () => {
  expect(boot("/contacts").asked).toEqual(["/api/me", "/api/contacts?sort=-createdAt&limit=100"]);
  expect(boot("/campaigns/new").asked).toEqual(["/api/me"]);
});

it("asks nothing at the door, and no list whose conditions stand in the address", () => {
  expect(boot("/login").asked).toEqual([]);
  expect(boot("/contacts", "?tag=a").asked).toEqual(["/api/me"]);
});

it("darkens before the first paint", () => {
  expect(boot("/login", "", "dark").classes.has("dark")).toBe(true);
  expect(boot("/login", "", "light").classes.has("dark")).toBe(false);
});

it("hands an answer over once", async () => {
  boot("/contacts");
  expect(await takeEarly("/api/me")).toBeInstanceOf(Response);
  expect(takeEarly("/api/me")).toBeNull();
  expect(takeEarly("/api/tags")).toBeNull();
});

it("has an answer at hand once it has come in, and leaves what hasn't, or isn't a yes, to the client", async () => {
  boot("/contacts");
  expect(takeHere("/api/me")).toBeUndefined();
  await vi.waitFor(() => expect(window.__early?.["/api/me"]?.here).toBeDefined());
  expect(takeHere("/api/me")).toEqual({ ok: true });
  expect(takeEarly("/api/me")).toBeNull();

  boot("/contacts", "", null, 401);
  await vi.waitFor(() => expect(window.__early?.["/api/me"]?.here).toBeDefined());
  expect(takeHere("/api/me")).toBeUndefined();
  expect((await takeEarly("/api/me"))?.status).toBe(401);
});
