import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { Fanfare, FanfareError } from "@fanfare/client";
import { openServer } from "../../server/test/support/test-server.ts";
import { FaultProxy } from "./support/fault-proxy.ts";
import { heard } from "./support/heard.ts";
import { type ScriptedPeer, ScriptedServer } from "./support/scripted-server.ts";
import { until } from "./support/until.ts";

setDefaultTimeout(60_000);

let honest: Awaited<ReturnType<typeof openServer>>;
beforeAll(async () => {
  honest = await openServer();
});
afterAll(() => honest[Symbol.asyncDispose]());

const PATIENT = { backoff: { min: 1, max: 20 }, heartbeat: 500, connectTimeout: 500 } as const;

/** A client whose address first leads to a server that says what the test wants, and later to an honest one. */
async function betrayed(script: (peer: ScriptedPeer) => unknown) {
  await using stack = new AsyncDisposableStack();
  const hostile = stack.use(new ScriptedServer(script));
  const network = stack.use(await FaultProxy.open(hostile.url));
  const client = stack.use(new Fanfare(network.url, { user: "ada", ...PATIENT }));
  const room = client.room("r", { history: 100 });
  const messages = heard(room);
  const kept = stack.move();
  return {
    hostile,
    client,
    room,
    messages,
    /** The same client at an honest server: joins, publishes, hears. */
    async recovers() {
      const text = crypto.randomUUID();
      network.target = honest.url;
      network.cut("reset");
      await client.connect({ signal: AbortSignal.timeout(20_000) });
      await room.join({ signal: AbortSignal.timeout(20_000) });
      await room.publish("note", text, { signal: AbortSignal.timeout(20_000) });
      await messages.next(({ data }) => data === text);
      await client.close();
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

const MESSAGE = { op: "message", room: "r", offset: 1, id: "a.1", type: "note", from: "bo", at: 1, data: 1 };

/** What is said once the client is in the room. Whatever it is, the client neither believes it nor falls over it. */
const NONSENSE: Readonly<Record<string, readonly unknown[]>> = {
  "no JSON": ["{", "", "nul", "\u0000", '{"op":"message"', "[[["],
  "JSON of another shape": [null, 1, "text", true, [], [1], [null], [[]], {}, [[MESSAGE]]],
  "ops that are none": [{ op: null }, { op: 7 }, { op: {} }, { op: "constructor" }, { op: "__proto__" }],
  "ops of another version": [{ op: "dance" }, [{ op: "dance" }, { op: "sing", room: "r" }]],
  "fields of other kinds": [
    { ...MESSAGE, offset: "1" },
    { ...MESSAGE, offset: -1 },
    { ...MESSAGE, offset: 1.5 },
    { ...MESSAGE, offset: 2 ** 60 },
    { ...MESSAGE, id: 4 },
    { ...MESSAGE, type: null },
    { ...MESSAGE, from: {} },
    { ...MESSAGE, at: "now" },
    { ...MESSAGE, room: ["r"] },
    { ...MESSAGE, data: undefined },
    { op: "presence", room: "r", count: "many" },
    { op: "presence", room: "r", count: 1, members: [1] },
    { op: "presence", room: "r", count: 1, joins: {}, leaves: 1 },
    { op: "event", room: "r", type: 1, from: "bo", data: 1 },
    { op: "live", room: "r" },
    { op: "reset", room: "r", reason: 1, epoch: null, oldest: {}, newest: [] },
    { op: "closing" },
    { op: "closing", delay: "soon" },
    { op: "expiring" },
    { op: "error", ref: "x", code: "x" },
  ],
  "replies to nobody": [
    { op: "ok", ref: 4711 },
    { op: "ok", ref: -1 },
    { op: "ok", ref: 0 },
    { op: "pong", ref: 4711 },
    { op: "error", ref: 4711, code: 600, name: "unavailable", message: "no", retry: true },
    { op: "error", code: 100, name: "malformed", message: "you", retry: false },
  ],
  "rooms that were never joined": [
    { ...MESSAGE, room: "elsewhere" },
    { ...MESSAGE, room: "__proto__" },
    { ...MESSAGE, room: "r", pattern: "never*" },
    { op: "event", room: "elsewhere", type: "typing", from: "bo", data: true },
    { op: "presence", room: "elsewhere", count: 3, joins: [{ user: "bo", since: 1 }] },
    { op: "live", room: "elsewhere", offset: 3 },
    { op: "reset", room: "elsewhere", reason: "epoch", epoch: "x", oldest: 1, newest: 2 },
  ],
  "names of what objects have": [
    { ...MESSAGE, type: "__proto__", data: JSON.parse('{"__proto__":{"polluted":true}}') },
    { ...MESSAGE, offset: 2, type: "constructor", data: { constructor: { prototype: 1 } } },
    { op: "event", room: "r", type: "typing", from: "__proto__", data: true },
    { op: "presence", room: "r", count: 1, members: [{ user: "__proto__", since: 1 }] },
    { op: "presence", room: "r", count: 1, joins: [{ user: "constructor", since: 1 }], leaves: ["toString"] },
  ],
};

test.each(Object.keys(NONSENSE))("FRAME-4: a server that says %s does no harm", async (kind) => {
  for (const said of NONSENSE[kind] ?? []) {
    const finished = Promise.withResolvers<void>();
    let lied = false;
    await using scene = await betrayed(async (peer) => {
      await peer.greet();
      await peer.admit();
      if (lied) return;
      lied = true;
      peer.text(typeof said === "string" ? said : JSON.stringify(said));
      // It has heard that once it answers or goes.
      await Promise.race([peer.said.next(({ op }) => op === "ping"), peer.closed]).catch(() => {});
      finished.resolve();
    });
    await scene.room.join();
    await finished.promise;
    for (const { room, offset } of scene.messages.all) {
      expect(room).toBe("r");
      expect(offset).toBe(scene.messages.all.findIndex((each) => each.offset === offset) + 1);
    }
    expect({}).not.toHaveProperty("polluted");
    await scene.recovers();
  }
});

test("JOIN-3: offsets that are repeated or go back are not told again; one that leaves a gap is not believed", async () => {
  const cut = Promise.withResolvers<void>();
  await using scene = await betrayed(async (peer) => {
    await peer.greet();
    const { ref, after } = await peer.heard("join");
    peer.send({ op: "ok", ref, room: "r", epoch: "e", offset: 9 });
    const say = (offset: number) =>
      peer.send({
        op: "message",
        room: "r",
        offset,
        id: `i.${offset}`,
        type: "note",
        from: "b",
        at: 1,
        data: offset,
      });
    if (after === undefined) {
      for (const offset of [3, 4, 4, 3, 1, 5, 5, 9]) say(offset);
      void peer.closed.then(cut.resolve);
    } else {
      expect(after).toEqual({ epoch: "e", offset: 5 });
      for (const offset of [6, 7, 8, 9]) say(offset);
      peer.send({ op: "live", room: "r", offset: 9 });
    }
  });
  await scene.room.join();
  await cut.promise;
  expect(scene.messages.all.map(({ offset }) => offset)).toEqual([3, 4, 5, 6, 7, 8, 9]);
  expect(scene.room.position).toEqual({ epoch: "e", offset: 9 });
});

test("a hello that is never answered is given up, again and again", async () => {
  await using scene = await betrayed(() => {});
  const joining = scene.room.join();
  for (let time = 0; time < 3; time++) await (await scene.hostile.peers.next()).closed;
  expect(["offline", "connecting"]).toContain(scene.client.state.value.status);
  const recovering = scene.recovers();
  await joining;
  await recovering;
});

test("HELLO-1: a hello that is refused for good is told as what it is; one that may succeed later is tried again", async () => {
  await using server = new ScriptedServer(async (peer) => {
    const { ref } = await peer.heard("hello");
    peer.send({ op: "error", ref, code: 102, name: "bad_request", message: "not that name", retry: false });
  });
  await using client = new Fanfare(server.url, PATIENT);
  const refused = await client.connect().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(FanfareError);
  expect(refused).toMatchObject({ code: "bad_request", number: 102, message: "not that name" });
  expect(client.state.value).toMatchObject({
    status: "closed",
    reason: { code: 102, message: "not that name" },
  });
  expect(server.peers.all.length).toBe(1);

  let times = 0;
  await using busy = new ScriptedServer(async (peer) => {
    if (++times === 3) return peer.greet();
    const { ref } = await peer.heard("hello");
    peer.send({ op: "error", ref, code: 600, name: "unavailable", message: "later", retry: true });
  });
  await using patient = new Fanfare(busy.url, PATIENT);
  await patient.connect();
  expect(times).toBe(3);
});

test("a hello that is answered with something else is not believed", async () => {
  const answers = [{}, { connection: 1 }, { connection: "c", user: null }, { connection: "c", user: "u" }];
  await using scene = await betrayed(async (peer) => {
    const { ref } = await peer.heard("hello");
    peer.text(JSON.stringify({ op: "ok", ref, ...answers.shift() }));
  });
  const joining = scene.room.join();
  while (answers.length > 0) await (await scene.hostile.peers.next()).closed;
  const recovering = scene.recovers();
  await joining;
  await recovering;
});

test("replies that never come: the client goes on with another connection, and nothing is lost", async () => {
  await using scene = await betrayed(async (peer) => {
    await peer.greet();
    await peer.admit();
  });
  await scene.room.join();
  const publishing = scene.room.publish("note", "unanswered");
  const page = scene.room.history();
  const peer = await scene.hostile.peers.next();
  for (const asked of ["publish", "history"]) {
    await peer.said.when(() => peer.said.all.some(({ op }) => op === asked));
  }
  await peer.closed; // a heartbeat without an answer
  const recovering = scene.recovers();
  expect((await publishing).offset).toBeGreaterThan(0);
  expect((await page).messages.length).toBeGreaterThanOrEqual(0);
  await recovering;
});

test("a reply of another shape fails its own request alone", async () => {
  await using scene = await betrayed(async (peer) => {
    await peer.greet();
    await peer.admit();
    const { ref } = await peer.heard("history");
    peer.text(JSON.stringify({ op: "ok", ref, room: "r", messages: "none" }));
    const { ref: second } = await peer.heard("history");
    peer.send({ op: "ok", ref: second, room: "r", epoch: "e", oldest: 1, newest: 0, messages: [] });
  });
  await scene.room.join();
  const refused = await scene.room.history().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(FanfareError);
  expect(refused).toMatchObject({ code: "bad_answer" });
  expect((await scene.room.history()).messages).toEqual([]);
});

test("a publish that is answered with something else is not taken for kept", async () => {
  await using scene = await betrayed(async (peer) => {
    await peer.greet();
    await peer.admit();
    const { ref } = await peer.heard("publish");
    peer.text(JSON.stringify({ op: "ok", ref, offset: "first" }));
  });
  await scene.room.join();
  const publishing = scene.room.publish("note", "kept?").then(
    ({ offset }) => offset,
    (error: unknown) => error,
  );
  const [peer] = scene.hostile.peers.all;
  await peer?.closed;
  const recovering = scene.recovers();
  expect(await publishing).toBeGreaterThan(0);
  await recovering;
});

test("a huge frame is not parsed, and a flood of small ones does not pile up", async () => {
  const huge = Promise.withResolvers<void>();
  await using scene = await betrayed(async (peer) => {
    await peer.greet();
    await peer.admit();
    peer.text(JSON.stringify({ ...MESSAGE, data: "x".repeat(20 * 1024 * 1024) }));
    await peer.closed;
    huge.resolve();
  });
  await scene.room.join();
  await huge.promise;
  expect(scene.messages.all).toEqual([]);
  await scene.recovers();

  const flooded = Promise.withResolvers<void>();
  const noise = { op: "event", room: "r", type: "noise", from: "bo", data: "x".repeat(200) };
  const batch = JSON.stringify(Array.from({ length: 500 }, () => noise));
  await using flood = await betrayed(async (peer) => {
    await peer.greet();
    await peer.admit();
    for (let i = 0; i < 400; i++) {
      peer.text(batch);
      if (i % 20 === 0) await Bun.sleep(0); // its turn to read
    }
    peer.send({ op: "event", room: "r", type: "last", from: "bo", data: null });
    flooded.resolve();
  });
  let events = 0;
  const last = Promise.withResolvers<void>();
  flood.room.on("event", ({ type }) => {
    events++;
    if (type === "last") last.resolve();
  });
  const stream = flood.room.messages(); // nobody reads it, and it is of messages: nothing waits in it
  Bun.gc(true);
  const before = process.memoryUsage().heapUsed;
  await flood.room.join();
  await flooded.promise;
  await last.promise;
  Bun.gc(true);
  expect(events).toBe(200_001);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(16 * 1024 * 1024);
  await stream.return?.();
  await flood.recovers();
});

test("who types and who is there is bounded by what the server says is there", async () => {
  await using scene = await betrayed(async (peer) => {
    await peer.greet();
    await peer.admit();
    for (let i = 0; i < 100; i++) {
      const names = Array.from({ length: 500 }, (_, j) => `user-${i}-${j}`);
      peer.text(
        JSON.stringify(names.map((from) => ({ op: "event", room: "r", type: "typing", from, data: true }))),
      );
      await Bun.sleep(0);
    }
    peer.send({ op: "event", room: "r", type: "last", from: "bo", data: null });
  });
  const last = Promise.withResolvers<void>();
  scene.room.on("event", ({ type }) => type === "last" && last.resolve());
  await scene.room.join();
  await last.promise;
  expect(scene.room.typing.value.length).toBeLessThanOrEqual(1_000);
  await scene.recovers();
});

test("a reader that does not read gets an error instead of memory without end", async () => {
  await using scene = await betrayed(async (peer) => {
    await peer.greet();
    await peer.admit();
    for (let offset = 1; offset <= 3_000; offset++) {
      peer.send({
        op: "message",
        room: "r",
        offset,
        id: `i.${offset}`,
        type: "n",
        from: "b",
        at: 1,
        data: offset,
      });
    }
  });
  const slow = scene.room.messages({ buffer: 100 });
  await scene.room.join();
  await scene.messages.when(() => scene.messages.all.length === 3_000);
  const read: number[] = [];
  const fault = await (async () => {
    for await (const { offset } of slow) read.push(offset);
  })().catch((error: unknown) => error);
  expect(fault).toMatchObject({ code: "overflow" });
  expect(read).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
});

test("binary frames are none", async () => {
  const gone = Promise.withResolvers<void>();
  await using scene = await betrayed(async (peer) => {
    await peer.greet();
    await peer.admit();
    peer.bytes(new TextEncoder().encode(JSON.stringify(MESSAGE)));
    await peer.closed;
    gone.resolve();
  });
  await scene.room.join();
  await gone.promise;
  await scene.recovers();
});

test("a server that says one nonsense after the other is met by longer and longer delays", async () => {
  await using server = new ScriptedServer(async (peer) => {
    await peer.greet();
    peer.text("nonsense");
  });
  await using client = new Fanfare(server.url, { backoff: { min: 1, max: 1_000_000 } });
  const attempts: number[] = [];
  client.state.subscribe((state) => {
    if (state.status === "offline") attempts.push(state.attempt);
  });
  const connecting = client.connect().catch(() => {});
  await until(client.state, (state) => state.status === "offline" && state.attempt >= 6);
  expect(attempts.slice(0, 6)).toEqual([1, 2, 3, 4, 5, 6]);
  await client.close();
  await connecting;
});
