import { expect, test } from "bun:test";
import { NativeClient } from "@fanfare/testing/native-client";
import { openServer } from "@fanfare/testing/test-server";
import { NodeProgram } from "./support/node-program.ts";
import { NODE_VERSIONS } from "./support/node-versions.ts";

/** @param options of the client */
const conversation = (options: string) => `
const client = new Fanfare(url, ${options});
const room = client.room("r", { history: 10 });
const stream = room.messages();
await room.publish("note", "from node");
for await (const { data } of stream) {
  console.log(data);
  if (data === "from bun") break;
}
await client.close();
`;

const failedAttempt = (options: string) => `
const client = new Fanfare(url, ${options});
client.connect().catch(() => {});
for await (const state of client.state) {
  if (state.status !== "offline") continue;
  console.log(state.reason.message === "the server is silent" ? "silent" : "unreachable");
  break;
}
await client.close();
`;

for (const { name, path, hasWebSocket } of NODE_VERSIONS) {
  const sockets = [["of the package ws", "{ user: 'node', WebSocket }"]];
  if (hasWebSocket) sockets.push(["of its own", "{ user: 'node' }"]);
  for (const [socket, options = ""] of sockets) {
    test.skipIf(path === undefined)(
      `in ${name}, with the WebSocket ${socket}: joins, publishes, receives, and lets the process end`,
      async () => {
        await using server = await openServer();
        const bun = await NativeClient.connect(server.url, "bun");
        await bun.follow("r");
        await using node = await NodeProgram.start(conversation(options), server.url, path);
        await bun.received(1);
        expect(bun.messages[0]).toMatchObject({ from: "node", data: "from node" });
        await bun.publish("r", "note", "from bun");
        expect(await node.ended).toEqual({ out: "from node\nfrom bun\n", fault: "", code: 0 });
        await bun.close();
      },
    );

    test.skipIf(path === undefined)(
      `in ${name}, with the WebSocket ${socket}: a failed attempt ends at once, and says why`,
      async () => {
        await using node = await NodeProgram.start(
          failedAttempt(options),
          new URL("http://127.0.0.1:9"),
          path,
        );
        expect(await node.ended).toEqual({ out: "unreachable\n", fault: "", code: 0 });
      },
    );
  }
}
