import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ERRORS } from "@fanfare/protocol";
import { declarations } from "../../../../scripts/sdk/declarations.ts";
import { referenceOf } from "../../../../scripts/sdk/reference.ts";
import { Consumer } from "./consumer.ts";

const read = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), "utf8");

test("docs/api.md is what the declarations say: `npm run build -w @fanfare/client`", async () => {
  expect(read("docs/api.md")).toBe(referenceOf(await declarations()));
});

test("docs/api.md declares everything whole, with all overloads, and nothing that is internal", () => {
  const api = read("docs/api.md");
  expect(api).not.toMatch(/=\s*```/);
  expect(api).not.toContain("@internal");
  expect(api.slice(api.indexOf("### useRoom")).match(/^function useRoom/gm)).toHaveLength(2);
  for (const member of [
    "Subscription.options",
    "Subscription.host",
    "FanfareError.from",
    "FanfareError.withOutcome",
  ]) {
    expect(api).not.toContain(`#### ${member}\n`);
  }
});

test("docs/api.md names the client's own error codes: all that are thrown, and no other", () => {
  const [, documented = ""] = /one of the client's own:\n(.*?)\. `number`/s.exec(read("docs/api.md")) ?? [];
  const source = globSync("packages/client/src/**/*.ts", {
    cwd: fileURLToPath(new URL("../../../../", import.meta.url)),
  });
  const thrown = source.flatMap((file) => [...read(file).matchAll(/new FanfareError\(\s*"(\w+)"/g)]);
  const own = new Set(thrown.map(([, code = ""]) => code).filter((code) => !(code in ERRORS)));
  expect([...documented.matchAll(/`(\w+)`/g)].map(([, code = ""]) => code).sort()).toEqual([...own].sort());
});

describe("the recipes type-check", () => {
  let consumer: Consumer;
  beforeAll(async () => {
    consumer = await Consumer.create();
    consumer.link("@types/node", "undici-types", "@types/react", "csstype", "@types/ws", "ws", "zod");
    consumer.write("recipes.d.ts", GLOBALS);
  });
  afterAll(() => consumer[Symbol.dispose]());

  for (const path of ["docs/sdk.md", "packages/client/README.md"]) {
    test(path, async () => {
      const recipes = [...read(path).matchAll(/^```(tsx?)\n(.*?)^```$/gms)];
      expect(recipes).not.toBeEmpty();
      const files = recipes.map(([, language, code = ""], i) => {
        const file = `recipe-${i + 1}.${language}`;
        consumer.write(file, `${code}\nexport {};\n`);
        return file;
      });
      expect(await consumer.complaints(["recipes.d.ts", ...files], OPTIONS)).toBe("");
    });
  }
});

const OPTIONS = {
  lib: ["es2022", "dom", "esnext.disposable"],
  types: ["node"],
  jsx: "react-jsx",
  module: "esnext",
  moduleResolution: "bundler",
  skipLibCheck: true,
};

/** What the recipes take for granted: those of the first one. */
const GLOBALS = `
import type { Fanfare, Room } from "@fanfare/client";
declare global {
  const client: Fanfare;
  const room: Room<{ chat: { text: string } }>;
}
`;
