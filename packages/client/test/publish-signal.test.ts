import { expect, test } from "bun:test";
import { Fanfare } from "@fanfare/client";
import { openServer } from "@fanfare/testing/test-server";
import { countedSignal } from "./support/counted-signal.ts";
import { ScriptedServer } from "./support/scripted-server.ts";

test("publishes that are settled leave nothing on the signal that they were given", async () => {
  await using server = await openServer();
  await using client = new Fanfare(server.url, { user: "ada" });
  const { signal, listeners } = countedSignal();
  const room = client.room("a");
  await Promise.all(Array.from({ length: 20 }, (_, n) => room.publish("n", n, { signal })));
  expect(listeners()).toBe(0);
});

test("KEEP-3: what was refused as unavailable may have been kept, so it cannot be taken back", async () => {
  await using server = new ScriptedServer();
  await using client = new Fanfare(server.url, { user: "ada", backoff: { min: 5_000, max: 5_000 } });
  const stop = new AbortController();
  const room = client.room("a");
  void room.publish("n", 1, { signal: stop.signal });
  const peer = await server.peers.next();
  await peer.greet();
  const { ref } = await peer.request("publisher");
  peer.send({ op: "ok", ref, publisher: "public" } as never);
  const first = await peer.request("publish");
  peer.send({ op: "error", ref: first.ref, code: 600, name: "unavailable", message: "", retry: true });
  const joined = room.join();
  await peer.admit();
  await joined; // the refusal came before it
  stop.abort(new Error("taken back"));
  expect(client.outbox.value.pending).toBe(1);
  await client.close({ flush: 0 });
});
