import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { openServer } from "@fanfare/testing/test-server";

const SOURCE = fileURLToPath(new URL("../src/index.ts", import.meta.url));
const WS = createRequire(import.meta.url).resolve("ws/package.json");

/** What a program in Node does, with the WebSocket of the package `ws`. */
const PROGRAM = `
import { createRequire } from "node:module";
import { Fanfare } from "./client.js";
const { WebSocket } = createRequire(process.argv[2])("ws");
const client = new Fanfare(process.argv[3], { user: "node", WebSocket });
const room = client.room("r", { history: 10 });
const stream = room.messages();
await room.publish("note", "from node");
for await (const { data } of stream) {
  console.log(data);
  if (data === "from bun") break;
}
await client.close();
`;

test("in Node, with the WebSocket of the package ws: joins, publishes, hears, and lets the process end", async () => {
  using folder = scratchDirectory();
  const built = await Bun.build({ entrypoints: [SOURCE], target: "browser" });
  writeFileSync(join(folder.path, "client.js"), (await built.outputs[0]?.text()) ?? "");
  writeFileSync(join(folder.path, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(folder.path, "program.js"), PROGRAM);
  await using server = await openServer();
  const bun = await NativeClient.connect(server.url, "bun");
  await bun.follow("r");
  const node = Bun.spawn(["node", join(folder.path, "program.js"), WS, server.url.href], { stderr: "pipe" });
  try {
    await bun.received(1);
    expect(bun.messages[0]).toMatchObject({ from: "node", data: "from node" });
    await bun.publish("r", "note", "from bun");
    const [out, fault, code] = await Promise.all([
      new Response(node.stdout).text(),
      new Response(node.stderr).text(),
      node.exited,
    ]);
    expect({ out, fault, code }).toEqual({ out: "from node\nfrom bun\n", fault: "", code: 0 });
  } finally {
    node.kill();
    await bun.close();
  }
});
