import { expect, test } from "bun:test";
import { Fanfare } from "@fanfare/client";
import { ScriptedServer } from "./support/scripted-server.ts";
import { until } from "./support/until.ts";

const OPTIONS = { user: "ada", outbox: "memory", backoff: { min: 1, max: 2 } } as const;

test("GAP-4: a room that is left for now is joined again after a delay, on the same connection", async () => {
  await using server = new ScriptedServer();
  await using client = new Fanfare(server.url, OPTIONS);
  const room = client.room("a");
  const joined = room.join();
  const peer = await server.peers.next();
  await peer.greet();
  await peer.admit(500);
  await joined;
  peer.send({ op: "left", room: "a", code: 600, name: "unavailable", message: "not now", retry: true });
  expect(await until(room.state, (state) => "error" in state)).toMatchObject({
    status: "joining",
    error: { code: "unavailable" },
  });
  expect(client.state.value.status).toBe("online");
  // Asked of the same peer: the connection is the same.
  expect(await peer.request("join")).toMatchObject({ room: "a", after: { epoch: "e1", offset: 500 } });
});

test("GAP-4: a room that is left for good is refused, and the client stays online", async () => {
  await using server = new ScriptedServer();
  await using client = new Fanfare(server.url, OPTIONS);
  const room = client.room("a");
  const joined = room.join();
  const peer = await server.peers.next();
  await peer.greet();
  await peer.admit(500);
  await joined;
  peer.send({ op: "left", room: "a", code: 601, name: "damaged", message: "no", retry: false });
  await until(room.state, ({ status }) => status === "refused");
  expect(client.state.value.status).toBe("online");
});
