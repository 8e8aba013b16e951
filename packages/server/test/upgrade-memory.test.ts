/** What an upgrade was made of is let go of: an idle connection costs what it needs, and nothing of its request. */
import { heapStats } from "bun:jsc";
import { expect, test } from "bun:test";
import { NativeClient } from "@fanfare/testing/native-client";
import { openServer } from "@fanfare/testing/test-server";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";

const CLIENTS = 100;

function count(type: string): number {
  Bun.gc(true);
  return heapStats().objectTypeCounts[type] ?? 0;
}

test("FLOW-3: a connection keeps neither the request that it came with nor its headers", async () => {
  await using server = await openServer();
  const before = { requests: count("Request"), headers: count("Headers") };
  const native: NativeClient[] = [];
  const plain: WebSocketClient[] = [];
  for (let i = 0; i < CLIENTS; i++) {
    native.push(await NativeClient.connect(server.url, `ada ${i}`));
    plain.push(await WebSocketClient.open(`bob ${i}`, server.url, `/ws/lobby?username=bob${i}`));
  }
  // The collector may take a value on the stack for a pointer: a few are left by chance, never one for each.
  expect(count("Request") - before.requests).toBeLessThan(CLIENTS / 2);
  expect(count("Headers") - before.headers).toBeLessThan(CLIENTS / 2);
  for (const client of [...native, ...plain]) client.close();
});
