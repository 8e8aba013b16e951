import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { GUEST } from "../../../test/support/guest.ts";
import { DialectClient, dialectContract } from "../../../testing/dialect-contract.ts";
import { Simulation } from "../../../testing/simulation/simulation.ts";
import { feed } from "./feed.ts";

const request = (name?: string, query = "") => ({
  name,
  query: new URLSearchParams(query),
  prefix: "feed:",
  ...GUEST,
});

dialectContract("feed", {
  dialect: feed,
  room: "feed:news",
  request: () => request("news"),
  greet: () => [],
  say: (content) => JSON.stringify({ email: "ada@example.org", content }),
  said: (frames) =>
    frames
      .map((frame) => JSON.parse(frame))
      .flatMap(({ email, content }) => (email === "ada@example.org" ? [content] : [])),
  frame: fc.oneof(
    fc
      .record(
        {
          email: fc.option(fc.string()),
          content: fc.option(fc.string({ unit: "grapheme" })),
          more: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((fields) => JSON.stringify(fields)),
    fc.json(),
  ),
  answersDue: () => 1,
  answers: (frames) => frames.length,
});

async function start() {
  const simulation = new Simulation();
  const node = simulation.node();
  const settle = () => simulation.clock.settle();
  const open = async (name?: string, query?: string) => {
    const client = new DialectClient(node, feed, request(name, query), settle);
    await settle();
    return client;
  };
  return { simulation, clock: simulation.clock, node, open };
}

describe("the feed wire, byte for byte", () => {
  for (const [frame, shown] of [
    ['{"email":"a@b.c","content":"hi"}', '{"email":"a@b.c","content":"hi"}'],
    ['{"content":"hi","email":"a@b.c","more":{"deep":[1]}}', '{"email":"a@b.c","content":"hi"}'],
    ["{}", '{"email":"","content":""}'],
    ['{"email":null}', '{"email":"","content":""}'],
    ['{"content":"\\n\\"🎺"}', '{"email":"","content":"\\n\\"🎺"}'],
    ['{"__proto__":{"email":"x"},"content":"hi"}', '{"email":"","content":"hi"}'],
  ] as const) {
    test(`FEED-1: ${frame} goes to everyone as ${shown}`, async () => {
      const { open } = await start();
      const [ada, bob] = [await open(), await open("main")];
      await ada.send(frame);
      for (const each of [ada, bob]) expect(each.frames).toEqual([shown]);
    });
  }

  for (const frame of [
    "hi",
    "",
    "null",
    "[]",
    '"a"',
    '{"email":7}',
    '{"content":{}}',
    '{"email":"a","content":["b"]}',
  ]) {
    test(`FEED-2: ${frame || "nothing"} closes its sender alone with 1007 and a reason`, async () => {
      const { open } = await start();
      const [ada, bob] = [await open(), await open()];
      await ada.send(frame);
      expect(ada.socket.farewell).toEqual({
        code: 1007,
        reason: 'a frame of a feed is a JSON object with the strings "email" and "content"',
      });
      expect([bob.socket.ended, bob.frames]).toEqual([false, []]);
    });
  }

  test("FEED-3: nothing is replayed unless it is asked for", async () => {
    const { open } = await start();
    const ada = await open("news");
    await ada.send(...["1", "2", "3"].map((content) => JSON.stringify({ content })));
    const seen = async (query: string) =>
      (await open("news", query)).frames.map((frame) => JSON.parse(frame).content);
    expect(await seen("")).toEqual([]);
    expect(await seen("history=2")).toEqual(["2", "3"]);
    expect(await seen("after=1")).toEqual(["2", "3"]);
    expect(await seen("after=0")).toEqual(["1", "2", "3"]);
  });

  test("FEED-1, FEED-4: topics are rooms of their own; records of another type or shape are passed over", async () => {
    const { clock, node, open } = await start();
    const [news, main] = [await open("news"), await open()];
    const native = node.client("native");
    for (const data of [{ email: 7, content: "" }, { email: "a" }, null, "x", ["x"]]) {
      native.publish("feed:news", data, { type: "feed" });
    }
    native.publish("feed:news", { email: "a", content: "b" }, { type: "note" });
    native.publish("feed:news", { content: "b", email: "a", more: 1 }, { type: "feed" });
    await clock.settle();
    expect(news.frames).toEqual(['{"email":"a","content":"b"}']);
    expect(main.frames).toEqual([]);
  });
});

describe("a pattern of topics", () => {
  test("FEED-5: brings what goes to all topics that match, also to those without members", async () => {
    const { open } = await start();
    const listener = await open("orders.*");
    const [eu, us, other] = [await open("orders.eu"), await open("orders.us"), await open("news")];
    for (const each of [eu, us, other]) await each.send('{"content":"x"}');
    await eu.send('{"content":"y"}');
    expect(listener.frames.map((frame) => JSON.parse(frame).content)).toEqual(["x", "x", "y"]);
    listener.socket.end();
  });

  test("FEED-5: who listens to a pattern and publishes is closed with 1008 and a reason, and nothing is kept", async () => {
    const { open } = await start();
    const listener = await open("orders.*");
    const eu = await open("orders.eu");
    await listener.send('{"content":"x"}');
    expect(listener.socket.farewell).toEqual({
      code: 1008,
      reason: "a pattern is for listening; publish to one of its topics",
    });
    expect(eu.frames).toEqual([]);
  });

  for (const [name, query] of [
    ["orders.*", "history=1"],
    ["orders.*", "after=0"],
    ["*orders", ""],
    ["or*ders", ""],
    ["orders.**", ""],
    [`${"x".repeat(123)}*`, ""],
    ["", ""],
    ["a\u0000", ""],
    ["news", "after=x"],
  ] as const) {
    test(`FEED-5: ${JSON.stringify(name)} with {${query}} is refused with 400 and a sentence`, () => {
      const admission = feed.admit(request(name, query));
      expect(admission).toMatchObject({ ok: false, status: 400 });
      if (!admission.ok) expect(admission.error.length).toBeGreaterThan(20);
    });
  }
});
