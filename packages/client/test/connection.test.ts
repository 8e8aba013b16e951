import { expect, test } from "bun:test";
import { type ConnectionState, Fanfare } from "@fanfare/client";
import { FaultProxy } from "@fanfare/testing/fault-proxy";
import { roomMailbox } from "./support/room-mailbox.ts";
import { openScene } from "./support/scene.ts";
import { ScriptedServer } from "./support/scripted-server.ts";
import { until } from "./support/until.ts";

test("nothing is opened before it is needed; then every state is told in turn, with its reason", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  const states: ConnectionState[] = [client.state.value];
  client.state.listen((state) => states.push(state));
  client.room("r");
  expect(network.accepted).toBe(0);
  await client.connect();
  network.refuse();
  network.cut("reset");
  await until(client.state, (state) => state.status === "offline" && state.attempt >= 3);
  network.admit();
  await client.connect();
  await client.close();
  const told = states.map(({ status }) => status);
  expect(told.slice(0, 4)).toEqual(["idle", "connecting", "online", "offline"]);
  expect(told.slice(-3)).toEqual(["connecting", "online", "closed"]);
  for (const state of states) {
    if (state.status === "online")
      expect(state).toMatchObject({ user: "ada", connection: expect.any(String) });
    if (state.status === "offline") {
      expect(state.reason).toMatchObject({ code: 1006, message: expect.stringMatching(/./) });
      expect(state.retryAt).toBeGreaterThan(0);
    }
  }
  const attempts = states.flatMap((state) => (state.status === "offline" ? [state.attempt] : []));
  expect(attempts).toEqual(attempts.map((_, i) => i + 1));
});

test("every wait before the next attempt is drawn from a window that doubles up to its bound", async () => {
  await using server = new ScriptedServer((peer) => peer.terminate());
  const delays: number[][] = [[], [], [], [], []];
  const clients = Array.from({ length: 60 }, () => new Fanfare(server.url, { backoff: { min: 8, max: 32 } }));
  const seen = clients.map((client) => {
    client.state.listen((state) => {
      if (state.status === "offline") delays[state.attempt - 1]?.push(state.retryAt - Date.now());
    });
    client.connect().catch(() => {});
    return until(client.state, (state) => state.status === "offline" && state.attempt > delays.length);
  });
  await Promise.all(seen);
  await Promise.all(clients.map((client) => client.close()));
  for (const [i, bound] of [8, 16, 32, 32, 32].entries()) {
    const drawn = delays[i] ?? [];
    expect(drawn.length).toBe(60);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(bound);
    expect(Math.max(...drawn)).toBeGreaterThan(bound / 2); // 60 in the lower half: 1 in 10^18
    expect(Math.min(...drawn)).toBeLessThan(bound / 2);
  }
});

test("a link that is half-open is noticed within two heartbeats, whenever it breaks", async () => {
  const heartbeat = 240;
  await using scene = await openScene();
  const guests = await Promise.all(
    Array.from({ length: 8 }, (_, i) =>
      scene.guest(`guest-${i}`, { heartbeat, backoff: { min: 1, max: 1 } }),
    ),
  );
  await Promise.all(guests.map(({ client }) => client.connect()));
  const noticed = guests.map(async ({ client, network }, i) => {
    // The break comes right after something was heard, at another moment of the client's own beat each time.
    await Bun.sleep((i * heartbeat) / guests.length);
    await client.room("r").history();
    network.halfOpen();
    const offline = until(client.state, ({ status }) => status === "offline").then(() => "noticed");
    // Timers of the same loop, one after the other as the client's own: a slow machine delays both.
    const late = Bun.sleep(heartbeat)
      .then(() => Bun.sleep(heartbeat))
      .then(() => Bun.sleep(heartbeat / 4))
      .then(() => "late");
    return Promise.race([offline, late]);
  });
  expect(await Promise.all(noticed)).toEqual(guests.map(() => "noticed"));
  await Promise.all(guests.map(({ client }) => client.connect()));
});

test("an idle link that is alive is not given up", async () => {
  await using server = new ScriptedServer(async (peer) => {
    await peer.greet();
    for (;;) {
      const { ref } = await peer.request("ping");
      peer.send({ op: "pong", ref });
    }
  });
  // Client and server are one process: what stands still for a heartbeat is both of them.
  await using client = new Fanfare(server.url, { heartbeat: 750 });
  await client.connect();
  const peer = await server.peers.next();
  await peer.requests.when(() => peer.requests.all.filter(({ op }) => op === "ping").length >= 3);
  expect(client.state.value.status).toBe("online");
  expect(server.peers.all.length).toBe(1);
});

test("LIVE-1: a server that closes a silent client with 4001 is resumed from", async () => {
  await using scene = await openScene({ limits: { pingMs: 30, deadMs: 60 } });
  const { client, network } = await scene.guest("ada", { heartbeat: 60_000 });
  const { client: other } = await scene.guest("bo");
  const room = client.room("r");
  const messages = roomMailbox(room);
  await room.join();
  const offline = until(client.state, ({ status }) => status === "offline");
  network.stall("up");
  await offline;
  expect(client.state.value).toMatchObject({ reason: { code: 4001 } });
  await other.room("r").publish("note", 1);
  await messages.when(() => messages.all.length === 1);
});

test("a server that takes the connection and says nothing is given up in time", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada", { connectTimeout: 50 });
  network.onConnection = (connection) => connection.stall();
  const connecting = client.connect();
  await until(client.state, (state) => state.status === "offline" && state.attempt === 2);
  network.onConnection = () => {};
  await connecting;
});

test("closed for good: whoever waits is told, and nothing opens again", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  network.refuse();
  const fault = (wait: Promise<unknown>) => wait.catch((error: unknown) => error);
  const waits = [
    client.connect(),
    client.room("r").join(),
    client.room("r").publish("note", 1),
    client.room("r").history(),
    client.flush(),
  ].map(fault);
  await client.close({ flush: 0 });
  for (const error of await Promise.all(waits)) expect(error).toMatchObject({ code: "closed" });
  expect(client.state.value).toMatchObject({ status: "closed" });
  network.admit();
  const accepted = network.accepted;
  for (const late of [
    client.connect(),
    client.room("r").join(),
    client.room("r").publish("note", 1),
    client.room("new").history(),
  ]) {
    expect(await fault(late)).toMatchObject({ code: "closed" });
  }
  await client.close();
  expect(network.accepted).toBe(accepted);
});

test("HELLO-2: a guest without a name is given one, the same over every break", async () => {
  await using scene = await openScene();
  const network = await FaultProxy.open(scene.url);
  await using client = new Fanfare(network.url, { backoff: { min: 1, max: 5 } });
  const users = new Set<string>();
  for (let time = 0; time < 3; time++) {
    await client.connect();
    const { value } = client.state;
    if (value.status === "online") users.add(value.user);
    const offline = until(client.state, ({ status }) => status === "offline");
    network.cut("reset");
    await offline;
  }
  expect(users.size).toBe(1);
  await client.close();
  await network[Symbol.asyncDispose]();
});

test("JOIN-3: reconnect goes on over another connection at once, not after a wait, and nothing is missed or told twice", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada", { backoff: { min: 60_000, max: 60_000 } });
  const { client: other } = await scene.guest("bob");
  const room = client.room("r");
  const watched = other.room("r");
  await Promise.all([room.join(), watched.join()]);
  const messages = roomMailbox(room);
  const states: string[] = [];
  client.state.listen(({ status }) => states.push(status));
  await watched.publish("n", 1);
  client.reconnect();
  client.reconnect(); // there is none at the moment
  await watched.publish("n", 2);
  await room.publish("n", 3);
  await until(client.state, ({ status }) => status === "online");
  await watched.publish("n", 4);
  await messages.next(({ data }) => data === 4);
  expect(messages.all.map(({ data }) => data)).toEqual([1, 2, 3, 4]);
  expect(states).toEqual(["connecting", "online"]);
  expect(network.accepted).toBe(2);
  await client.close();
});

test("an attempt whose socket reports an error and no close ends at once, with the error's reason", async () => {
  /** As the WebSocket of Node 22 does. */
  class FailingSocket {
    onopen = null;
    onmessage = null;
    onclose = null;
    onerror: ((event: never) => void) | null = null;
    constructor() {
      setTimeout(() => this.onerror?.({ message: "the host is unknown" } as never), 1);
    }
    send(): void {}
    close(): void {}
  }
  await using client = new Fanfare("http://127.0.0.1:9", { WebSocket: FailingSocket });
  client.connect().catch(() => {});
  await until(client.state, ({ status }) => status === "offline");
  expect(client.state.value).toMatchObject({ reason: { code: 1006, message: "the host is unknown" } });
});
