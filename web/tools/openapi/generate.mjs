/**
 * Writes `src/api/schema.d.ts` from the server's OpenAPI document.
 *
 * `npm run types [-- path/to/openapi.json]`; without a path the document is asked from the server's own command. The
 * generator lives in a package of its own because it needs TypeScript 5, which can't be installed beside 7.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";

const here = import.meta.dirname;
const root = path.resolve(here, "../../..");
const target = path.resolve(here, "../../src/api/schema.d.ts");
const given = process.argv[2];
const document = given ? path.resolve(given) : path.join(here, "openapi.json");

if (!given) {
  const pabal = process.env.PABAL ?? path.join(root, ".venv/bin/pabal");
  writeFileSync(document, execFileSync(pabal, ["openapi"], { maxBuffer: 64 * 1024 * 1024 }));
}
const cli = path.join(here, "node_modules/openapi-typescript/bin/cli.js");
if (!existsSync(cli)) {
  const install = spawnSync("npm", ["install", "--no-audit", "--no-fund"], { cwd: here, stdio: "inherit" });
  if (install.status !== 0) process.exit(install.status ?? 1);
}
execFileSync(process.execPath, [cli, document, "-o", target, "--default-non-nullable=false"], {
  stdio: "inherit",
});
