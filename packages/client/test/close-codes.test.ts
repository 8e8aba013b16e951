import { expect, test } from "bun:test";
import { type ConnectionState, Fanfare, FanfareError } from "@fanfare/client";
import { rejection } from "./support/rejection.ts";
import { ScriptedServer } from "./support/scripted-server.ts";
import { until } from "./support/until.ts";

const PATIENT = { backoff: { min: 1, max: 5 } } as const;

test.each([4500, 4999, 4777, 1008, 1007, 1009, 1002, 3000])(
  "CLOSE-1: closed with %d a client stays away, says why, and comes back when it is told to",
  async (code) => {
    await using server = new ScriptedServer((peer) => peer.greet());
    await using client = new Fanfare(server.url, PATIENT);
    const states: ConnectionState[] = [];
    client.state.listen((state) => states.push(state));
    await client.connect();
    const room = client.room("r");
    const joining = room.join();
    const publishing = rejection(room.publish("note", 1));
    const peer = await server.peers.next();
    await peer.request("join");
    peer.close(code, "no more");
    await expect(joining).rejects.toBeInstanceOf(FanfareError);
    expect(await publishing).toMatchObject({ code: "closed", outcome: "unknown" });
    await until(client.state, ({ status }) => status === "closed");
    expect(client.state.value).toEqual({ status: "closed", reason: { code, message: "no more" } });
    expect(room.state.value.status).toBe("refused");
    expect(states.map(({ status }) => status)).toEqual(["connecting", "online", "closed"]);
    expect(server.peers.all.length).toBe(1);

    await client.connect();
    expect(client.state.value.status).toBe("online");
    expect(server.peers.all.length).toBe(2);
    // The publish is still in the outbox, and is sent now.
    const next = await server.peers.next();
    const { ref, n } = await next.request("publish");
    expect(n).toBe(1);
    next.send({ op: "ok", ref, epoch: "e", offset: 1, id: "public:1" });
    await until(client.outbox, ({ pending }) => pending === 0);
  },
);

test.each([4000, 4001, 4002, 4499, 1011, 1012, 1013, 1001, "nothing"] as const)(
  "CLOSE-1: closed with %p a client comes back by itself",
  async (code) => {
    await using server = new ScriptedServer((peer) => peer.greet());
    await using client = new Fanfare(server.url, PATIENT);
    const states: ConnectionState[] = [];
    client.state.listen((state) => states.push(state));
    for (let time = 1; time <= 3; time++) {
      await client.connect();
      const peer = await server.peers.next();
      if (code === "nothing") peer.terminate();
      else peer.close(code, "later");
      await until(client.state, ({ status }) => status === "offline");
    }
    await client.connect();
    const offline = states.filter((state) => state.status === "offline");
    expect(offline.length).toBe(3);
    for (const { reason } of offline) {
      if (code === "nothing") expect(reason.code).toBe(1006);
      else expect(reason).toEqual({ code, message: "later" });
    }
    expect(states.some(({ status }) => status === "closed")).toBe(false);
  },
);

test("CLOSE-2: told that the server is closing, a client comes back after the delay it was given", async () => {
  await using server = new ScriptedServer((peer) => peer.greet());
  await using client = new Fanfare(server.url, { backoff: { min: 1, max: 1 } });
  await client.connect();
  const peer = await server.peers.next();
  const offline = until(client.state, ({ status }) => status === "offline");
  peer.send({ op: "closing", delay: 60 });
  const before = Date.now();
  peer.close(1001, "server is stopping");
  await offline;
  const state = client.state.value;
  if (state.status !== "offline") throw new Error(state.status);
  expect(state.retryAt - before).toBeGreaterThanOrEqual(60);
  await client.connect();
  // For that one time.
  const again = until(client.state, ({ status }) => status === "offline");
  const next = await server.peers.next();
  next.terminate();
  await again;
  await client.connect();
  expect(server.peers.all.length).toBe(3);
});
