import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Consumer, run } from "./consumer.ts";

/** The oldest TypeScript that the types work with; the package `typescript52` is that one. */
const OLDEST = "5.2";
const MODULES = fileURLToPath(new URL("../../../../node_modules/", import.meta.url));

/** Whether a developer's package is here; one that is not is an error where the tests count. */
function isInstalled(name: string): boolean {
  if (existsSync(`${MODULES}${name}`)) return true;
  if (process.env.CI !== undefined) throw new Error(`${name} is not installed: run \`npm ci\`.`);
  console.warn(`SKIPPED: ${name} is not installed, so what it says of the SDK's package is not tested.`);
  return false;
}

let consumer: Consumer;
beforeAll(async () => {
  consumer = await Consumer.create();
}, 60_000);
afterAll(() => consumer[Symbol.dispose]());

test.skipIf(!isInstalled("@arethetypeswrong/core"))(
  "its types are found, and match its scripts, in every way that TypeScript resolves modules",
  async () => {
    consumer.link("@arethetypeswrong/core");
    consumer.write("types.mjs", TYPES);
    const output = await run(["node", "types.mjs", consumer.tarball], { cwd: consumer.path });
    expect(JSON.parse(output)).toEqual({
      entries: [".", "./package.json", "./react"],
      problems: [],
    });
  },
);

test.skipIf(!isInstalled("publint"))("its manifest says what the package holds", async () => {
  consumer.link("publint");
  consumer.write("manifest.mjs", MANIFEST);
  const output = await run(["node", "manifest.mjs", "node_modules/@fanfare/client"], { cwd: consumer.path });
  expect(JSON.parse(output)).toEqual([]);
});

test.skipIf(!isInstalled("typescript52"))(
  `TypeScript ${OLDEST} checks messages, libraries included`,
  async () => {
    consumer.link("@types/react", "csstype");
    consumer.write("oldest.tsx", PROGRAM);
    const options = { lib: ["es2022", "dom"], types: [], jsx: "react-jsx" };
    expect(await consumer.complaints(["oldest.tsx"], options, "typescript52")).toBe("");
  },
);

test("the oldest TypeScript is stated", () => {
  for (const path of ["packages/client/README.md", "docs/sdk.md"]) {
    const text = readFileSync(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), "utf8");
    expect(text).toContain(`TypeScript ${OLDEST} or newer`);
  }
});

const TYPES = `
import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";

const { entrypoints, problems } = await checkPackage(createPackageFromTarballData(readFileSync(process.argv[2])));
console.log(JSON.stringify({ entries: Object.keys(entrypoints).sort(), problems }));
`;

const MANIFEST = `
import { publint } from "publint";

const { messages } = await publint({ pkgDir: process.argv[2], pack: false, strict: true });
console.log(JSON.stringify(messages));
`;

const PROGRAM = `
import { Fanfare } from "@fanfare/client";
import { useMessages, useRoom } from "@fanfare/client/react";

type Messages = { chat: { text: string } };
const room = new Fanfare("https://example.com").room<Messages>("chat:lobby");
room.on("message", ({ data }) => {
  console.log(data.text);
  // @ts-expect-error: a chat message has a text alone
  console.log(data.title);
});
// @ts-expect-error: a chat message has a text
void room.publish("chat", { test: "hi" });
export async function loop() {
  for await (const { data } of room) {
    // @ts-expect-error: a chat message has a text alone
    console.log(data.title);
  }
  for await (const state of room.state) {
    // @ts-expect-error: there is no such status
    if (state.status === "away") return;
  }
}
export function Chat() {
  const { items } = useMessages(useRoom<Messages>("chat:lobby"));
  // @ts-expect-error: a chat message has a text alone
  return <p>{items.map((item) => item.kind === "message" && item.message.data.title)}</p>;
}
`;
