import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { GUEST } from "../../../test/support/guest.ts";
import { DialectClient, dialectContract } from "../../../testing/dialect-contract.ts";
import { Simulation, type SimulationOptions } from "../../../testing/simulation/simulation.ts";
import { DEFAULT_POLICY } from "../../config/policy.ts";
import { board } from "./board.ts";

const ROOM = "board:main";
const NOW = "2025-11-21T02:40:00Z";
const request = (query = "", name?: string) => ({
  name,
  query: new URLSearchParams(query),
  prefix: "board:",
  ...GUEST,
});

dialectContract("board", {
  dialect: board,
  room: ROOM,
  request: () => request(),
  greet: () => [],
  say: (message) => JSON.stringify({ message }),
  said: (frames) => frames.map((frame) => JSON.parse(frame).message).filter((text) => text !== undefined),
  frame: fc.oneof(
    fc
      .dictionary(fc.string(), fc.option(fc.string({ unit: "grapheme" })))
      .map((fields) => JSON.stringify(fields)),
    fc.json(),
  ),
  answersDue: () => 1,
  answers: (frames) => frames.length,
});

async function start(options?: SimulationOptions) {
  const simulation = new Simulation(options);
  const node = simulation.node();
  const settle = () => simulation.clock.settle();
  const open = async (query?: string) => {
    const client = new DialectClient(node, board, request(query), settle);
    await settle();
    return client;
  };
  return { simulation, clock: simulation.clock, node, open };
}

describe("the board wire, byte for byte", () => {
  test("BOARD-1, BOARD-2: all that was put up comes first, then what anyone sends, the sender included", async () => {
    const { open } = await start();
    const ada = await open();
    await ada.send('{"message":"hi"}', '{"message":"two","from":null}');
    const frames = [
      `{"message":"hi","timestamp":"${NOW}"}`,
      `{"message":"two","from":"","timestamp":"${NOW}"}`,
    ];
    expect(ada.frames).toEqual(frames);
    const bob = await open();
    expect(bob.frames).toEqual(frames);
    await bob.send("{}");
    for (const each of [ada, bob]) expect(each.frames).toEqual([...frames, `{"timestamp":"${NOW}"}`]);
  });

  test("BOARD-2: the time is the server's, in whole seconds, and what is kept is the object with it", async () => {
    const { clock, node, open } = await start();
    const native = node.client("native");
    native.join(ROOM);
    const ada = await open();
    await clock.advance(61_999);
    await ada.send('{"timestamp":"1999-01-01T00:00:00Z","a":"1"}');
    const data = '{"a":"1","timestamp":"2025-11-21T02:41:01Z"}';
    expect(ada.frames).toEqual([data]);
    expect(native.messages(ROOM)).toMatchObject([{ type: "board", data }]);
  });

  for (const [frame, shown] of [
    ['{"__proto__":"x","constructor":"y"}', '{"__proto__":"x","constructor":"y",'],
    ['{"__proto__":null}', '{"__proto__":"",'],
    [' { "a" : "b" } ', '{"a":"b",'],
    ['{"a":"1","a":"2"}', '{"a":"2",'],
    ['{"":""}', '{"":"",'],
    ['{"a":"\\ud800 \\u0000 \u2028 🎺"}', '{"a":"\\ud800 \\u0000 \u2028 🎺",'],
  ] as const) {
    test(`BOARD-2: ${JSON.stringify(frame)} is put up as it is`, async () => {
      const { open } = await start();
      const ada = await open();
      await ada.send(frame);
      expect(ada.frames).toEqual([`${shown}"timestamp":"${NOW}"}`]);
    });
  }

  for (const frame of [
    "hi",
    "",
    "{",
    "null",
    "7",
    '"text"',
    "[]",
    '[{"message":"hi"}]',
    '{"message":7}',
    '{"message":true}',
    '{"message":{}}',
    '{"message":["a"]}',
    '{"message":"hi","timestamp":7}',
    '{"message":"hi","__proto__":7}',
    '{"message":"hi"} {"message":"hi"}',
  ]) {
    test(`BOARD-3: ${frame || "nothing"} closes its sender alone with 1007 and a reason, and nothing is kept`, async () => {
      const { open } = await start();
      const [ada, bob] = [await open(), await open()];
      await ada.send(frame);
      expect(ada.socket.farewell).toEqual({
        code: 1007,
        reason: 'a message on the board is a JSON object whose values are strings, such as {"message":"hi"}',
      });
      expect([bob.socket.ended, bob.frames]).toEqual([false, []]);
      expect((await open()).frames).toEqual([]);
    });
  }

  test("BOARD-1: history=N and after=OFFSET ask for less", async () => {
    const { open } = await start();
    const ada = await open();
    await ada.send(...["1", "2", "3", "4"].map((n) => `{"n":"${n}"}`));
    const seen = async (query: string) => (await open(query)).frames.map((frame) => JSON.parse(frame).n);
    expect(await seen("history=2")).toEqual(["3", "4"]);
    expect(await seen("history=0")).toEqual([]);
    expect(await seen("after=3")).toEqual(["4"]);
    expect(await seen("after=0")).toEqual(["1", "2", "3", "4"]);
  });

  test("BOARD-4: records of another type or shape are passed over", async () => {
    const { clock, node, open } = await start();
    const native = node.client("native");
    const ada = await open("history=0");
    for (const data of [{ n: 7 }, { n: null }, null, "text", 7, ["n"], { a: { n: "7" } }]) {
      native.publish(ROOM, data, { type: "board" });
    }
    native.publish(ROOM, { n: "7" }, { type: "note" });
    native.publish(ROOM, { n: "7" }, { type: "board" });
    native.publish(ROOM, { n: "8", timestamp: "then" }, { type: "board" });
    await clock.settle();
    const frames = [`{"n":"7","timestamp":"${NOW}"}`, '{"n":"8","timestamp":"then"}'];
    expect(ada.frames).toEqual(frames);
    expect((await open()).frames).toEqual(frames);
    expect((await open("history=1")).frames).toEqual(frames.slice(1));
  });

  test("PLAIN-1: what cannot be kept closes its sender with 1013, what the room does not take with 1008", async () => {
    const { simulation, open } = await start({
      policies: [{ ...DEFAULT_POLICY, pattern: "board:*", maxDataBytes: 60 }],
    });
    const [ada, bob, eve] = [await open(), await open(), await open()];
    await eve.send(JSON.stringify({ a: "x".repeat(60) }));
    expect(eve.socket.farewell).toMatchObject({
      code: 1008,
      reason: "This room takes data of up to 60 bytes.",
    });
    simulation.engine.commits = false;
    await ada.send('{"a":"b"}');
    expect(ada.socket.farewell).toMatchObject({ code: 1013 });
    expect([bob.socket.ended, bob.frames]).toEqual([false, []]);
  });
});

describe("who is admitted to the board", () => {
  for (const [query, name] of [
    ["history=all", undefined],
    ["history=1001", undefined],
    ["after=-1", undefined],
    ["history=1&after=1", undefined],
    ["", ""],
    ["", "a*"],
    ["", "x".repeat(123)],
    ["", "a\nb"],
  ] as const) {
    test(`BOARD-1: {${query}} and the name ${JSON.stringify(name)} are refused with 400 and a sentence`, () => {
      const admission = board.admit(request(query, name));
      expect(admission).toMatchObject({ ok: false, status: 400 });
      if (!admission.ok) expect(admission.error.length).toBeGreaterThan(20);
    });
  }

  test("BOARD-1: a mount with a name in its path has a board for each", async () => {
    const { clock, node, open } = await start();
    const named = new DialectClient(node, board, request("", "sale"), () => clock.settle());
    await named.send('{"a":"b"}');
    expect(named.frames).toHaveLength(1);
    expect((await open()).frames).toEqual([]);
    const native = node.client("native");
    native.join("board:sale", { start: { from: "position", offset: 0 } });
    await clock.settle();
    expect(native.offsets("board:sale")).toEqual([1]);
  });
});
