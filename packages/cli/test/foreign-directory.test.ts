import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const COMMAND = join(ROOT, "packages/cli/bin/fanfare.mjs");
const LAUNCHER = join(ROOT, "scripts/launch.mjs");

const CODE = 'console.log("foreign code runs");';
/** What a project of somebody else's may have in its directory, and a runtime or a tool may read. */
const FILES: Readonly<Record<string, string>> = {
  ".env": "PORT=9001\nFANFARE_PORT=9002\n",
  ".env.local": "FANFARE_HOST=127.0.0.9\n",
  ".env.development": "FANFARE_DATA=elsewhere\n",
  ".env.production": "FANFARE_DATA=elsewhere\n",
  "bunfig.toml": 'preload = ["./foreign.ts"]\n',
  ".bunfig.toml": 'preload = ["./foreign.ts"]\n',
  "foreign.ts": CODE,
  "tsconfig.json": '{"compilerOptions":{"paths":{"jose":["./foreign.ts"],"@fanfare/*":["./foreign.ts"]}}}',
  "package.json": '{"name":"foreign","scripts":{"serve":"echo foreign code runs"}}',
  "node_modules/jose/index.js": CODE,
};

/** Runs the real command, as a shell would, in a directory with these files. */
async function run(files: readonly string[], command: readonly string[]): Promise<string> {
  using place = scratchDirectory();
  for (const name of files) {
    mkdirSync(join(place.path, name, ".."), { recursive: true });
    writeFileSync(join(place.path, name), FILES[name] ?? "");
  }
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(FANFARE_|PORT$)/.test(name)),
  );
  const child = Bun.spawn(["node", ...command], { cwd: place.path, env, stdio: ["ignore", "pipe", "pipe"] });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  expect([await child.exited, err]).toEqual([0, ""]);
  return out.replaceAll(place.path, "HERE");
}

for (const [what, command] of [
  ["fanfare config", [COMMAND, "config"]],
  ["the launcher of npm start", [LAUNCHER, "start", "--help"]],
] as const) {
  test(`CONFIG-1: ${what} says the same in a directory with a foreign .env, bunfig.toml and others`, async () => {
    const usual = await run([], command);
    expect(await run(Object.keys(FILES), command)).toBe(usual);
  });
}
