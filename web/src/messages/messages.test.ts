import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import en from "./en";
import enApproval from "./en/approval";
import enBooks from "./en/books";
import enView from "./en/contact-view";
import enWork from "./en/contact-work";
import enLanes from "./en/lanes";
import enLaw from "./en/law";
import enLimits from "./en/limits";
import enOperator from "./en/operator";
import { REFUSALS } from "./en/refusals";
import enSegments from "./en/segments";
import enTemplates from "./en/templates";
import enTests from "./en/tests";
import enUncertain from "./en/uncertain";
import ko from "./ko";
import koApproval from "./ko/approval";
import koBooks from "./ko/books";
import koView from "./ko/contact-view";
import koWork from "./ko/contact-work";
import koLanes from "./ko/lanes";
import koLaw from "./ko/law";
import koLimits from "./ko/limits";
import koOperator from "./ko/operator";
import koSegments from "./ko/segments";
import koTemplates from "./ko/templates";
import koTests from "./ko/tests";
import koUncertain from "./ko/uncertain";

type Tree = { [key: string]: unknown };

function leaves(tree: Tree, at = ""): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    value !== null && typeof value === "object" ? leaves(value as Tree, `${at}${key}.`) : [`${at}${key}`],
  );
}

it("has the same entries in both languages, lists keyed by free text included", () => {
  expect(leaves(en as unknown as Tree).sort()).toEqual(leaves(ko as unknown as Tree).sort());
  expect(leaves(enApproval as unknown as Tree).sort()).toEqual(leaves(koApproval as unknown as Tree).sort());
  expect(leaves(enLanes as unknown as Tree).sort()).toEqual(leaves(koLanes as unknown as Tree).sort());
  expect(leaves(enBooks as unknown as Tree).sort()).toEqual(leaves(koBooks as unknown as Tree).sort());
  expect(leaves(enTemplates as unknown as Tree).sort()).toEqual(
    leaves(koTemplates as unknown as Tree).sort(),
  );
  expect(leaves(enSegments as unknown as Tree).sort()).toEqual(leaves(koSegments as unknown as Tree).sort());
  expect(leaves(enView as unknown as Tree).sort()).toEqual(leaves(koView as unknown as Tree).sort());
  expect(leaves(enWork as unknown as Tree).sort()).toEqual(leaves(koWork as unknown as Tree).sort());
  expect(leaves(enOperator as unknown as Tree).sort()).toEqual(leaves(koOperator as unknown as Tree).sort());
  expect(leaves(enUncertain as unknown as Tree).sort()).toEqual(
    leaves(koUncertain as unknown as Tree).sort(),
  );
  expect(leaves(enTests as unknown as Tree).sort()).toEqual(leaves(koTests as unknown as Tree).sort());
  expect(leaves(enLaw as unknown as Tree).sort()).toEqual(leaves(koLaw as unknown as Tree).sort());
  expect(leaves(enLimits as unknown as Tree).sort()).toEqual(leaves(koLimits as unknown as Tree).sort());
});

it("says every refusal of the API in English too, and none that it doesn't know", () => {
  const page = path.resolve(import.meta.dirname, "../../../docs/api-errors.md");
  const codes = [...readFileSync(page, "utf8").matchAll(/^\| `(\w+)` \|/gm)].map((found) => found[1]);
  expect(codes.length).toBeGreaterThan(50);
  expect(Object.keys(REFUSALS).sort()).toEqual(codes.sort());
});

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const full = path.join(folder, name);
    if (statSync(full).isDirectory()) return name === "messages" ? [] : sources(full);
    return /\.tsx$/.test(name) ? [full] : [];
  });
}

it("keeps visible words out of the screens", () => {
  const root = path.resolve(import.meta.dirname, "..");
  const found = sources(root).flatMap((file) =>
    readFileSync(file, "utf8")
      // Comments may quote what people see; the two regular expressions look at data, not at people.
      .replace(/\/\*[\s\S]*?\*\/|\{\/\*[\s\S]*?\*\/\}|(?<!:)\/\/.*$/gm, "")
      .replace(/\/[^/\n]*[가-힣][^/\n]*\/\.test\(/g, "")
      .split("\n")
      .filter((line) => /[가-힣]/.test(line))
      .map((line) => `${path.relative(root, file)}: ${line.trim()}`),
  );
  // The name of the product is the same in every language and stands in the document's title.
  expect(found.filter((line) => !line.includes('default: "파발"'))).toEqual([]);
});
