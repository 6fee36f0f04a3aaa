import { expect, it } from "vitest";
import { faultyHosts, hostsOf } from "./link-hosts";

it("takes the host out of what people paste, each once", () => {
  expect(hostsOf("https://Camp.Example/plan?a=1\n\ncamp.example, www.camp.example\n")).toEqual([
    "camp.example",
    "www.camp.example",
  ]);
  expect(hostsOf("파발.한국")).toEqual(["xn--ih3bl33b.xn--3e0b707e"]);
});

it("leaves what is no host for the server to refuse, and says which line it was", () => {
  const hosts = hostsOf("camp.example\nnot a host");
  expect(hosts).toEqual(["camp.example", "not a host"]);
  expect(faultyHosts({ "hosts[1]": "다시 적어 주세요", days: "x" }, hosts)).toEqual([
    { line: "not a host", why: "다시 적어 주세요" },
  ]);
});
