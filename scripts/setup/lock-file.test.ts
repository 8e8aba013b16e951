import { expect, test } from "bun:test";
import { missingPackages } from "./lock-file.mjs";

const platform = { os: "linux", cpu: "x64", libc: "glibc" } as const;
const locked = {
  "": { version: "0.1.0" },
  "packages/server": { version: "0.1.0" },
  "node_modules/@fanfare/server": { link: true },
  "node_modules/bun": { version: "1.4.5", integrity: "sha512-a" },
  "node_modules/@oven/bun-linux-x64": { version: "1.4.5", optional: true, os: ["linux"], cpu: ["x64"] },
  "node_modules/@oven/bun-darwin-x64": { version: "1.4.5", optional: true, os: ["darwin"], cpu: ["x64"] },
  "node_modules/typescript": { version: "7.0.2", dev: true },
};
const complete = {
  "node_modules/@fanfare/server": { link: true },
  "node_modules/bun": { version: "1.4.5", integrity: "sha512-a" },
  "node_modules/@oven/bun-linux-x64": { version: "1.4.5" },
};

function missing(installed: object, { dev = false, gone = "" } = {}): string[] {
  const exists = (path: string) => path !== `${gone}/package.json`;
  return missingPackages(locked, { ...installed }, { dev, platform, exists });
}

test("nothing is missing once everything for this platform is there", () => {
  expect(missing(complete)).toEqual([]);
});

test("the developer's tools are missing only if they are asked for", () => {
  expect(missing(complete, { dev: true })).toEqual(["node_modules/typescript"]);
});

test("before the first install, everything for this platform is missing", () => {
  expect(missing({})).toEqual([
    "node_modules/@fanfare/server",
    "node_modules/bun",
    "node_modules/@oven/bun-linux-x64",
  ]);
});

test("another version or other bytes are as good as missing", () => {
  const bun = "node_modules/bun";
  expect(missing({ ...complete, [bun]: { version: "1.4.4", integrity: "sha512-a" } })).toEqual([bun]);
  expect(missing({ ...complete, [bun]: { version: "1.4.5", integrity: "sha512-b" } })).toEqual([bun]);
});

test("a package or workspace link that is noted but gone is missing", () => {
  expect(missing(complete, { gone: "node_modules/bun" })).toEqual(["node_modules/bun"]);
  expect(missing(complete, { gone: "node_modules/@fanfare/server" })).toEqual([
    "node_modules/@fanfare/server",
  ]);
});
