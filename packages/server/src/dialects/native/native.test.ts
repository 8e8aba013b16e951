import { describe, expect, test } from "bun:test";
import { decodeFrame } from "@fanfare/protocol";
import fc from "fast-check";
import { GUEST } from "../../../test/support/guest.ts";
import { DialectClient, dialectContract } from "../../../testing/dialect-contract.ts";
import { Simulation, type SimulationOptions } from "../../../testing/simulation/simulation.ts";
import { batchFrames } from "./frame-batcher.ts";
import { native } from "./native.ts";

const ROOM = "chat:lobby";
const REQUEST = { name: undefined, query: new URLSearchParams(), prefix: "", ...GUEST };
const PUBLISHER = "0f8fad5bd9cb469fa165";

function elements(frames: readonly string[]): { op: string; [key: string]: unknown }[] {
  return frames.flatMap((frame) => JSON.parse(frame));
}

function offsetsOf(records: unknown): unknown[] {
  return Array.isArray(records) ? records.map(({ offset }) => offset) : [];
}

/** Requests that are well-formed, mostly. */
const valid = fc
  .oneof(
    fc.record(
      {
        op: fc.constant("join"),
        room: fc.constantFrom(ROOM, "other", "third"),
        history: fc.nat({ max: 10 }),
        presence: fc.boolean(),
        types: fc.constantFrom(["chat"], ["note", "typing"]),
      },
      { requiredKeys: ["op", "room"] },
    ),
    fc.record({
      op: fc.constantFrom("leave", "members", "history"),
      room: fc.constantFrom(ROOM, "other", "third"),
    }),
    fc.record({ op: fc.constantFrom("join", "leave"), room: fc.constantFrom("chat:*", "*", "o*") }),
    fc.record({
      op: fc.constantFrom("publish", "event"),
      room: fc.constantFrom(ROOM, "other"),
      type: fc.constantFrom("chat", "typing"),
      data: fc.constantFrom({ text: "hi" }, false),
    }),
  )
  .map((fields) => ({ ref: 7, ...fields }));

const request = fc.oneof(
  { weight: 3, arbitrary: valid },
  fc.record(
    {
      op: fc.constantFrom("join", "leave", "publish", "event", "history", "members", "ping", "hello", "nope"),
      ref: fc.nat({ max: 1000 }),
      room: fc.constantFrom(ROOM, "other", "todo:list", "", "o*"),
      type: fc.constantFrom("chat", "typing", "note", "no type"),
      data: fc.oneof(fc.constant({ text: "hi" }), fc.jsonValue()),
      id: fc.constantFrom("m1", "m2", "m3"),
      n: fc.integer({ min: -1, max: 4 }),
      after: fc.oneof(
        fc.nat({ max: 5 }),
        fc.record({ epoch: fc.constantFrom("life1", "x"), offset: fc.nat({ max: 5 }) }),
      ),
      history: fc.nat({ max: 10 }),
      presence: fc.boolean(),
      types: fc.constantFrom(["chat"], ["note", "typing"], []),
    },
    { requiredKeys: ["op", "ref"] },
  ),
  fc.jsonValue(),
);

dialectContract("native", {
  dialect: native,
  room: ROOM,
  request: () => REQUEST,
  greet: (user) => [
    `[{"op":"hello","ref":0,"user":"${user}","publisher":"${PUBLISHER}"},{"op":"join","ref":0,"room":"${ROOM}"}]`,
  ],
  say: (text) => JSON.stringify({ op: "publish", ref: 1, room: ROOM, type: "chat", data: { text } }),
  said: (frames) =>
    elements(frames).flatMap(({ op, type, data }) =>
      op === "message" && type === "chat" && typeof data === "object" && data !== null && "text" in data
        ? [String(data.text)]
        : [],
    ),
  frame: fc.oneof(request, fc.array(request, { maxLength: 6 })).map((value) => JSON.stringify(value)),
  answersDue: (frame) => decodeFrame(frame).length,
  answers: (frames) =>
    elements(frames).filter(({ op }) => op === "ok" || op === "error" || op === "pong").length,
});

async function start(options?: SimulationOptions) {
  const simulation = new Simulation(options);
  const node = simulation.node();
  const connect = () => new DialectClient(node, native, REQUEST, () => simulation.clock.settle());
  const client = connect();
  return { simulation, clock: simulation.clock, node, connect, client };
}

async function greeted(user = "ada", options?: SimulationOptions) {
  const world = await start(options);
  await world.client.send(`{"op":"hello","ref":1,"user":"${user}","publisher":"${PUBLISHER}"}`);
  world.client.socket.frames.length = 0;
  return world;
}

describe("hello, byte for byte", () => {
  test("LIMIT-10: the reply has the limits that are configured", async () => {
    const limits = { frameIn: 16 * 1024 * 1024, roomsPerConnection: 7, pingMs: 1_000, deadMs: 3_000 };
    const { client } = await start({ limits });
    await client.send('{"op":"hello","ref":1,"user":"ada"}');
    expect(elements(client.frames)).toMatchObject([
      { heartbeat: { ping: 1_000, dead: 3_000 }, limits: { frame: 16_777_216, rooms: 7, inFlight: 64 } },
    ]);
  });

  test("HELLO-1, HELLO-2, HELLO-3: the reply", async () => {
    const { client } = await start();
    await client.send('{"op":"hello","ref":1,"user":"Zoe\u0308","publisher":"0f8fad5bd9cb469fa165"}');
    const [frame = ""] = client.frames;
    const { connection, publisher } = JSON.parse(frame);
    expect(client.frames).toEqual([
      `{"op":"ok","ref":1,"connection":"${connection}","user":"Zo\u00eb","publisher":"${publisher}","time":1763692800000,"heartbeat":{"ping":54000,"dead":60000},"limits":{"frame":65536,"rooms":1000,"inFlight":64}}`,
    ]);
    expect(connection).toMatch(/^[\w-]{16}$/);
    expect(publisher).toMatch(/^[\w-]{12}$/);
  });

  test("HELLO-1: before it everything is refused, and so is a second one", async () => {
    const { client } = await start();
    await client.send('{"op":"ping","ref":1}', '[{"op":"hello","ref":2},{"op":"hello","ref":3}]');
    expect(client.frames[0]).toBe(
      '{"op":"error","ref":1,"code":103,"name":"hello_required","message":"The first request on a connection is hello.","retry":false}',
    );
    expect(elements(client.frames.slice(1))).toMatchObject([
      { op: "ok", ref: 2 },
      { op: "error", ref: 3, code: 104, name: "already_greeted" },
    ]);
  });

  test("HELLO-1: who has not said it within 10 s is closed with 4500, whatever else was said", async () => {
    const { clock, client, connect } = await start();
    const polite = connect();
    await polite.send('{"op":"hello","ref":1}');
    await client.send('{"op":"ping","ref":1}');
    await clock.advance(9_999);
    expect(client.socket.ended).toBe(false);
    await clock.advance(1);
    expect(client.socket.farewell).toMatchObject({ code: 4500 });
    await clock.advance(60_000);
    expect(polite.socket.ended).toBe(false);
  });

  test("HELLO-2, ONCE-1: a publisher who gives no name is the same guest each time, so its retry is its own", async () => {
    const { clock, node } = await start();
    const retry = async () => {
      const client = new DialectClient(node, native, REQUEST, () => clock.settle());
      await client.send(JSON.stringify({ op: "hello", ref: 1, publisher: PUBLISHER }));
      await client.send(JSON.stringify({ op: "publish", ref: 2, room: ROOM, type: "t", data: 1, n: 1 }));
      return elements(client.socket.frames).map(({ user, offset, duplicate }) => user ?? [offset, duplicate]);
    };
    const first = await retry();
    expect(first).toEqual([expect.stringMatching(/^guest-/), [1, undefined]]);
    expect(await retry()).toEqual([first[0] ?? "", [1, true]]);
  });

  test("HELLO-2: a guest who gives no name is given one", async () => {
    const { client, connect } = await start();
    const other = connect();
    await client.send('{"op":"hello","ref":1}');
    await other.send('{"op":"hello","ref":1}');
    const names = [client, other].map(({ frames }) => elements(frames)[0]?.user);
    expect(names[0]).toMatch(/^guest-/);
    expect(names[0]).not.toBe(names[1]);
  });

  test("HELLO-3: the public form of a publisher is always the same, and not the secret", async () => {
    const { client, connect } = await start();
    const again = connect();
    for (const each of [client, again]) await each.send(`{"op":"hello","ref":1,"publisher":"${PUBLISHER}"}`);
    const tags = [client, again].map(({ frames }) => elements(frames)[0]?.publisher);
    expect(tags[0]).toBe(tags[1]);
    expect(client.frames.join()).not.toContain(PUBLISHER);
  });
  test("HELLO-5: a publisher that is named later has the same public form, and numbers count as its own", async () => {
    const { client, connect } = await start();
    const first = connect();
    await first.send(`{"op":"hello","ref":1,"user":"ada","publisher":"${PUBLISHER}"}`);
    await first.send(`{"op":"publish","ref":2,"room":"${ROOM}","type":"t","data":1,"n":1}`);
    await client.send('{"op":"hello","ref":1,"user":"ada"}');
    await client.send(
      `{"op":"publish","ref":2,"room":"${ROOM}","type":"t","data":1,"n":1}`,
      `{"op":"publisher","ref":3,"publisher":"${PUBLISHER}"}`,
      `{"op":"publish","ref":4,"room":"${ROOM}","type":"t","data":1,"n":1}`,
    );
    const [, refused, named, again] = elements(client.frames);
    expect(refused).toMatchObject({ op: "error", ref: 2, name: "bad_request" });
    expect(named).toEqual({ op: "ok", ref: 3, publisher: elements(first.frames)[0]?.publisher });
    expect(again).toMatchObject({ op: "ok", ref: 4, offset: 1, duplicate: true });
  });
});

describe("a room, byte for byte", () => {
  test("PUB-1, JOIN-1, ROOM-1: join, publish, the message", async () => {
    const { client } = await greeted();
    await client.send(
      `{"op":"join","ref":2,"room":"${ROOM}"}`,
      `{"op":"publish","ref":7,"room":"${ROOM}","type":"chat","data":{"text":"hi \\"\u2028\\u0000"},"n":1}`,
    );
    const id = String(elements(client.frames)[3]?.id);
    expect(client.frames).toEqual([
      `[{"op":"ok","ref":2,"room":"chat:lobby","epoch":"life1","offset":0},{"op":"live","room":"chat:lobby","offset":0}]`,
      `{"op":"ok","ref":7,"epoch":"life1","offset":1,"id":"${id}"}`,
      `{"op":"message","room":"chat:lobby","offset":1,"id":"${id}","type":"chat","from":"ada","at":1763692800000,"data":{"text":"hi \\"\u2028\\u0000"}}`,
    ]);
    expect(id).toEndWith(":1");
  });

  test("ONCE-1, ONCE-3, ONCE-4, ONCE-6: what becomes of a numbered publish", async () => {
    const { client } = await greeted();
    const publish = (ref: number, n: number, text: string, room = ROOM) =>
      `{"op":"publish","ref":${ref},"room":"${room}","type":"chat","data":"${text}","n":${n}}`;
    await client.send(
      publish(1, 1, "a"),
      publish(2, 1, "a"),
      publish(3, 1, "b"),
      publish(4, 3, "c"),
      publish(5, 7, "d", "another"),
    );
    const id = String(elements(client.frames)[0]?.id);
    expect(client.frames).toEqual([
      `{"op":"ok","ref":1,"epoch":"life1","offset":1,"id":"${id}"}`,
      `{"op":"ok","ref":2,"epoch":"life1","offset":1,"id":"${id}","duplicate":true}`,
      '{"op":"error","ref":3,"code":500,"name":"conflict","message":"This id or number was used for another message.","retry":false}',
      '{"op":"error","ref":4,"code":501,"name":"out_of_sequence","message":"This number leaves a gap behind the last one kept.","retry":false,"expected":2}',
      '{"op":"error","ref":5,"code":503,"name":"unknown_publisher","message":"Nothing is known of this publisher in this room, so its numbers start at 1.","retry":false}',
    ]);
  });

  test("PRES-1, PRES-2: who is there, who comes, who goes", async () => {
    const { clock, client, connect } = await greeted();
    const bob = connect();
    await bob.send(
      '{"op":"hello","ref":1,"user":"bob"}',
      `{"op":"join","ref":2,"room":"${ROOM}","presence":true}`,
    );
    await client.send(
      `{"op":"join","ref":2,"room":"${ROOM}","presence":true}`,
      `{"op":"members","ref":3,"room":"${ROOM}"}`,
    );
    bob.socket.end();
    await clock.advance(5_000);
    const at = 1763692800000;
    expect(client.frames).toEqual([
      `[{"op":"ok","ref":2,"room":"chat:lobby","epoch":"life1","offset":0},{"op":"presence","room":"chat:lobby","members":[{"user":"bob","since":${at}}],"count":1},{"op":"live","room":"chat:lobby","offset":0}]`,
      `{"op":"presence","room":"chat:lobby","joins":[{"user":"ada","since":${at}}],"count":2}`,
      `{"op":"ok","ref":3,"room":"chat:lobby","members":[{"user":"bob","since":${at}},{"user":"ada","since":${at}}],"count":2}`,
      '{"op":"presence","room":"chat:lobby","leaves":["bob"],"count":1}',
    ]);
  });

  test("GAP-1: a reset comes between the reply and what can still be had", async () => {
    const { client } = await greeted();
    await client.send(
      `{"op":"publish","ref":1,"room":"${ROOM}","type":"t","data":1,"id":"m1"}`,
      `{"op":"join","ref":2,"room":"${ROOM}","after":{"epoch":"other","offset":9}}`,
    );
    expect(client.frames.slice(1).join("\n")).toBe(
      [
        '{"op":"ok","ref":2,"room":"chat:lobby","epoch":"life1","offset":1}',
        '{"op":"reset","room":"chat:lobby","reason":"epoch","epoch":"life1","oldest":1,"newest":1}',
        '{"op":"message","room":"chat:lobby","offset":1,"id":"m1","type":"t","from":"ada","at":1763692800000,"data":1}',
        '{"op":"live","room":"chat:lobby","offset":1}',
      ].join("\n"),
    );
  });

  test("EVENT-1: an event", async () => {
    const { client } = await greeted();
    await client.send(
      `{"op":"join","ref":2,"room":"${ROOM}"}`,
      `{"op":"event","ref":3,"room":"${ROOM}","type":"cursor","data":{"x":1}}`,
      '{"op":"event","ref":4,"room":"elsewhere","type":"cursor","data":1}',
      '{"op":"ping","ref":5}',
      `{"op":"leave","ref":6,"room":"${ROOM}"}`,
    );
    expect(client.frames.slice(1)).toEqual([
      '{"op":"ok","ref":3}',
      '{"op":"event","room":"chat:lobby","type":"cursor","from":"ada","data":{"x":1}}',
      '{"op":"error","ref":4,"code":400,"name":"not_joined","message":"Events go to rooms that you are in.","retry":false}',
      '{"op":"pong","ref":5}',
      '{"op":"ok","ref":6}',
    ]);
  });

  test("JOIN-4: a filter by types holds for messages and events", async () => {
    const { client } = await greeted();
    await client.send(`{"op":"join","ref":2,"room":"${ROOM}","types":["note"]}`);
    for (const type of ["chat", "note"]) {
      await client.send(
        `{"op":"publish","ref":3,"room":"${ROOM}","type":"${type}","data":1}`,
        `{"op":"event","ref":3,"room":"${ROOM}","type":"${type}","data":2}`,
      );
    }
    const received = elements(client.frames).filter(({ op }) => op === "message" || op === "event");
    expect(received.map(({ op, type }) => `${op} ${type}`)).toEqual(["message note", "event note"]);
  });

  test("ERR-2: a client that goes in the middle of its own batch is in none of the rooms of the rest", async () => {
    const { clock, node, client } = await greeted();
    const host = node.client("host");
    for (const room of ["a", "b"]) host.join(room);
    await clock.settle();
    const { socket } = client;
    socket.send = () => socket.end();
    await client.send(
      '[{"op":"join","ref":1,"room":"a"},{"op":"join","ref":2,"room":"b"},{"op":"join","ref":3,"room":"c"}]',
    );
    host.disconnect();
    await clock.settle();
    expect(node.hub.roomCount).toBe(0);
  });

  test("FRAME-2: a batch that joins, asks and leaves at once has every reply", async () => {
    const { client } = await greeted();
    await client.send(
      `[{"op":"join","ref":1,"room":"${ROOM}"},{"op":"members","ref":2,"room":"${ROOM}"},{"op":"leave","ref":3,"room":"${ROOM}"},{"op":"join","ref":4,"room":"${ROOM}"},{"op":"members","ref":5,"room":"${ROOM}"}]`,
    );
    const replies = elements(client.frames).filter(({ ref }) => ref !== undefined);
    expect(replies.map(({ op, ref }) => `${op} ${ref}`).sort()).toEqual([
      "error 2",
      "ok 1",
      "ok 3",
      "ok 4",
      "ok 5",
    ]);
  });
});

describe("a pattern, byte for byte", () => {
  const publish = (room: string, data: number, id: string) =>
    `{"op":"publish","ref":9,"room":"${room}","type":"t","data":${data},"id":"${id}"}`;

  test("JOIN-7, JOIN-8: messages and events of every room that matches, each with its room and the pattern", async () => {
    const { client, connect } = await greeted();
    const bob = connect();
    await bob.send('{"op":"hello","ref":1,"user":"bob"}', publish("orders.eu", 1, "m1"));
    await client.send('{"op":"join","ref":2,"room":"orders.*"}');
    await bob.send(
      publish("orders.eu", 2, "m2"),
      publish("order", 3, "m3"),
      '{"op":"join","ref":3,"room":"orders.us"}',
      '{"op":"event","ref":4,"room":"orders.us","type":"cursor","data":{"x":1}}',
    );
    await client.send('{"op":"leave","ref":5,"room":"orders.*"}');
    await bob.send(publish("orders.eu", 4, "m4"));
    await client.send('{"op":"leave","ref":6,"room":"orders.*"}');
    expect(client.frames).toEqual([
      '{"op":"ok","ref":2,"room":"orders.*","epoch":"","offset":0}',
      '{"op":"live","room":"orders.*","offset":0}',
      '{"op":"message","room":"orders.eu","pattern":"orders.*","offset":2,"id":"m2","type":"t","from":"bob","at":1763692800000,"data":2}',
      '{"op":"event","room":"orders.us","pattern":"orders.*","type":"cursor","from":"bob","data":{"x":1}}',
      '{"op":"ok","ref":5}',
      '{"op":"error","ref":6,"code":400,"name":"not_joined","message":"This connection is not in the room.","retry":false}',
    ]);
  });

  test("JOIN-7: joined after a position, its first frame behind the reply is a reset", async () => {
    const { client } = await greeted();
    await client.send(
      '{"op":"join","ref":2,"room":"orders.*","after":{"epoch":"","offset":0}}',
      '{"op":"join","ref":3,"room":"orders.*"}',
      '{"op":"join","ref":4,"room":"orders.eu*","after":{"epoch":"life1","offset":7}}',
    );
    expect(elements(client.frames)).toEqual([
      { op: "ok", ref: 2, room: "orders.*", epoch: "", offset: 0 },
      { op: "reset", room: "orders.*", reason: "pattern", epoch: "", oldest: 0, newest: 0 },
      { op: "live", room: "orders.*", offset: 0 },
      expect.objectContaining({ op: "error", ref: 3, name: "already_joined" }),
      { op: "ok", ref: 4, room: "orders.eu*", epoch: "", offset: 0 },
      { op: "reset", room: "orders.eu*", reason: "pattern", epoch: "", oldest: 0, newest: 0 },
      { op: "live", room: "orders.eu*", offset: 0 },
    ]);
  });

  test("JOIN-8: a client in a room and in patterns that match gets a message once for each", async () => {
    const { client } = await greeted();
    await client.send(
      '[{"op":"join","ref":2,"room":"orders.eu"},{"op":"join","ref":3,"room":"orders.*"},{"op":"join","ref":4,"room":"*","types":["t"]}]',
      publish("orders.eu", 1, "m1"),
    );
    const received = elements(client.frames).filter(({ op }) => op === "message");
    expect(received.map(({ room, pattern, offset }) => [room, pattern, offset])).toEqual([
      ["orders.eu", undefined, 1],
      ["orders.eu", "orders.*", 1],
      ["orders.eu", "*", 1],
    ]);
  });

  test("JOIN-4, JOIN-7: a filter by types holds for a pattern, too", async () => {
    const { client } = await greeted();
    await client.send('{"op":"join","ref":2,"room":"*","types":["note"]}', publish("a", 1, "m1"));
    expect(elements(client.frames).filter(({ op }) => op === "message")).toEqual([]);
  });

  test("FRAME-2: a batch that joins and leaves a pattern at once has every reply", async () => {
    const { node, client } = await greeted();
    await client.send(
      '[{"op":"join","ref":1,"room":"a*"},{"op":"leave","ref":2,"room":"a*"},{"op":"join","ref":3,"room":"a*"},{"op":"leave","ref":4,"room":"a*"}]',
    );
    expect(elements(client.frames).map(({ op, ref }) => `${op} ${ref}`)).toEqual([
      "ok 1",
      "ok 2",
      "ok 3",
      "ok 4",
    ]);
    expect(node.hub.patternCount).toBe(0);
  });
});

describe("a room whose log cannot be read", () => {
  test("GAP-4: one that cannot be opened refuses the join", async () => {
    const { client, simulation } = await greeted();
    simulation.engine.refusing.add("bad");
    await client.send('{"op":"join","ref":2,"room":"bad"}');
    expect(client.frames).toEqual([
      '{"op":"error","ref":2,"code":601,"name":"damaged","message":"the end of the log cannot be read","retry":false}',
    ]);
    expect(client.socket.ended).toBe(false);
  });

  test("GAP-4: one that cannot be read further is left; the connection and its other rooms go on", async () => {
    const { client, simulation, node } = await greeted("ada", { limits: { tailPerRoom: 0 } });
    await client.send('{"op":"publish","ref":2,"room":"bad","type":"t","data":1}');
    await client.send('{"op":"join","ref":3,"room":"good"}');
    simulation.engine.reads = false;
    client.socket.frames.length = 0;
    await client.send('{"op":"join","ref":4,"room":"bad","history":10,"presence":true}');
    expect(client.frames.flatMap((frame) => elements([frame]))).toMatchObject([
      { op: "ok", ref: 4 },
      { op: "left", room: "bad", code: 600, name: "unavailable", retry: true },
    ]);
    expect(client.socket.ended).toBe(false);
    expect(node.hub.roomCount).toBe(1);
    client.socket.frames.length = 0;
    await client.send('{"op":"publish","ref":5,"room":"good","type":"t","data":2}');
    expect(client.frames.flatMap((frame) => elements([frame]))).toMatchObject([
      { op: "ok", ref: 5 },
      { op: "message", room: "good" },
    ]);
    // It may come back.
    simulation.engine.reads = true;
    client.socket.frames.length = 0;
    await client.send('{"op":"join","ref":6,"room":"bad","history":10}');
    expect(client.frames.flatMap((frame) => elements([frame])).map(({ op }) => op)).toEqual([
      "ok",
      "message",
      "live",
    ]);
  });
});

describe("history, byte for byte", () => {
  async function talked(options?: SimulationOptions) {
    const world = await greeted("ada", options);
    for (let i = 1; i <= 5; i++) {
      await world.client.send(
        `{"op":"publish","ref":${i},"room":"${ROOM}","type":"t","data":${i},"id":"m${i}"}`,
      );
    }
    world.client.socket.frames.length = 0;
    return world;
  }

  test("HIST-1: a page", async () => {
    const { client } = await talked();
    await client.send(`{"op":"history","ref":9,"room":"${ROOM}","before":3,"limit":1}`);
    expect(client.frames).toEqual([
      '{"op":"ok","ref":9,"room":"chat:lobby","epoch":"life1","oldest":1,"newest":5,"messages":[{"offset":2,"id":"m2","type":"t","from":"ada","at":1763692800000,"data":2}]}',
    ]);
  });

  for (const [query, offsets] of [
    ["", [1, 2, 3, 4, 5]],
    ['"limit":2', [4, 5]],
    ['"before":4,"limit":2', [2, 3]],
    ['"before":1', []],
    ['"after":3', [4, 5]],
    ['"after":1,"limit":2', [2, 3]],
    ['"after":5', []],
    ['"after":9000', []],
    ['"limit":0', []],
  ] as const) {
    test(`HIST-1: {${query}} gives [${offsets}]`, async () => {
      const { client } = await talked();
      await client.send(`{"op":"history","ref":9,"room":"${ROOM}"${query && ","}${query}}`);
      const [reply] = elements(client.frames);
      expect(reply).toMatchObject({ op: "ok", ref: 9, oldest: 1, newest: 5 });
      expect(offsetsOf(reply?.messages)).toEqual([...offsets]);
    });
  }

  for (const [query, most] of [
    ['"op":"history","limit"', 1_000],
    ['"op":"join","history"', 1_000],
    ['"op":"history","limit"', 3],
    ['"op":"join","history"', 3],
  ] as const) {
    test(`HIST-1 JOIN-2 LIMIT-10: {${query}} is refused past ${most} where that is configured`, async () => {
      const { client } = await talked({ limits: { historyPerPage: most, historyPerJoin: most } });
      await client.send(`{"ref":9,"room":"${ROOM}",${query}:${most + 1}}`);
      await client.send(`{"ref":10,"room":"${ROOM}",${query}:${most}}`);
      expect(elements(client.frames)[0]).toMatchObject({
        op: "error",
        ref: 9,
        name: "bad_request",
        message: expect.stringContaining(`from 0 to ${most}.`),
      });
      expect(elements(client.frames)[1]).toMatchObject({ op: "ok", ref: 10 });
    });
  }

  test("HIST-1 LIMIT-10: a page whose request does not say how many has as many as are configured", async () => {
    const { client } = await talked({ limits: { historyPage: 2 } });
    await client.send(`{"op":"history","ref":9,"room":"${ROOM}"}`);
    expect(offsetsOf(elements(client.frames)[0]?.messages)).toEqual([4, 5]);
  });

  test("HIST-2: another epoch is refused", async () => {
    const { client } = await talked();
    await client.send(`{"op":"history","ref":9,"room":"${ROOM}","epoch":"other"}`);
    await client.send(`{"op":"history","ref":10,"room":"${ROOM}","epoch":"life1"}`);
    expect(elements(client.frames)).toMatchObject([
      { ref: 9, code: 402, name: "epoch_mismatch" },
      { op: "ok", ref: 10 },
    ]);
  });

  test("GAP-2: history that meets a damaged record is refused with damaged", async () => {
    const { simulation, client } = await talked();
    simulation.engine.damaged.add(3);
    await client.send(`{"op":"history","ref":9,"room":"${ROOM}","after":2}`);
    expect(elements(client.frames)).toMatchObject([{ op: "error", ref: 9, code: 601, name: "damaged" }]);
  });
});

describe("frames that go out", () => {
  test("FRAME-7: what is said in one turn shares a frame", async () => {
    const { client } = await greeted();
    await client.send('[{"op":"ping","ref":1},{"op":"ping","ref":2}]');
    expect(client.frames).toEqual(['[{"op":"pong","ref":1},{"op":"pong","ref":2}]']);
  });

  test("FRAME-7: no frame of several elements grows past 256 KiB, counted in bytes", () => {
    for (const unit of ["x", "é", "語", "🚀"]) {
      for (const size of [1, 1_000, 87_380, 130_000, 262_144]) {
        const count = Math.max(2, Math.ceil(700_000 / size));
        const all = Array.from(
          { length: Math.min(count, 3_000) },
          (_, i) => `"${i}${unit.repeat(size / unit.length)}"`,
        );
        const frames = batchFrames(all, 256 * 1024);
        expect(frames.flatMap((frame) => JSON.parse(frame))).toEqual(
          all.map((element) => JSON.parse(element)),
        );
        for (const frame of frames) {
          if (frame.startsWith("[")) expect(Buffer.byteLength(frame)).toBeLessThanOrEqual(256 * 1024);
        }
      }
    }
  });

  test("FRAME-7: a frame is filled before the next begins", () => {
    const all = Array.from({ length: 4 }, () => `"${"x".repeat(128 * 1024 - 5)}"`);
    expect(batchFrames(all, 256 * 1024)).toHaveLength(2);
  });
});
