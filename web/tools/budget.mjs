/**
 * How much JavaScript a page makes a browser fetch before it can be used: the script tags of the exported HTML, gzipped,
 * without those that only old browsers load. Fails when a page is over its budget.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

// What the hub serves; `make setup` puts it there.
const OUT = path.resolve(import.meta.dirname, "../../src/pabal/ui/dist");
// Measured when the first screens stood, plus about a tenth: growth beyond that should be a decision, not an accident.
const BUDGET_KB = {
  default: 250,
  "campaigns/new": 275,
  contacts: 265,
  "contacts/_": 270, // a whole life on one page: drawer, timeline, questions
  "campaigns/_": 265,
};

function pages(folder) {
  return readdirSync(folder).flatMap((name) => {
    const full = path.join(folder, name);
    if (statSync(full).isDirectory()) return name === "_next" ? [] : pages(full);
    return name.endsWith(".html") ? [full] : [];
  });
}

const sizes = new Map();
function gzipped(file) {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(file), { level: 6 }).length);
  return sizes.get(file);
}

let over = 0;
for (const page of pages(OUT).sort()) {
  const name = path.relative(OUT, page).replace(/\.html$/, "");
  const html = readFileSync(page, "utf8");
  const scripts = new Set(
    [...html.matchAll(/<script\b[^>]*>/g)]
      .map((match) => match[0])
      .filter((tag) => !/\bnomodule\b/i.test(tag))
      .flatMap((tag) => tag.match(/\bsrc="(\/[^"?]+)/)?.[1] ?? []),
  );
  const bytes = [...scripts].reduce((sum, src) => sum + gzipped(path.join(OUT, src)), 0);
  const limit = BUDGET_KB[name] ?? BUDGET_KB.default;
  const kb = bytes / 1024;
  if (kb > limit) over++;
  console.log(
    `${kb > limit ? "OVER " : "     "}${name.padEnd(24)} ${kb.toFixed(0).padStart(4)} kB of ${limit}`,
  );
}
if (over > 0) {
  console.error(`${over} page(s) over budget`);
  process.exit(1);
}
