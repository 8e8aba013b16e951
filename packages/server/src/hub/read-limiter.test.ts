import { expect, test } from "bun:test";
import type { Page } from "../engines/engine.ts";
import { ReadLimiter } from "./read-limiter.ts";

const LIMIT = { count: 1, bytes: 1 };

/** A log whose pages the test hands out itself. */
class Desk {
  readonly asked: { room: string; page: Promise<Page>; give: () => void }[] = [];

  read(room: string): Promise<Page> {
    const { promise, resolve } = Promise.withResolvers<Page>();
    const give = () => resolve({ epoch: "life1", oldest: 1, head: 0, messages: [] });
    this.asked.push({ room, page: promise, give });
    return promise;
  }

  get rooms(): string[] {
    return this.asked.map(({ room }) => room);
  }
}

test("FLOW-3: a node reads the log for so many at a time, in the order in which they came", async () => {
  const desk = new Desk();
  const reads = new ReadLimiter(desk, 2);
  const pages = ["a", "b", "c", "d"].map((room) => reads.read(room, room, { after: 0 }, LIMIT));
  expect(desk.rooms).toEqual(["a", "b"]);
  desk.asked[1]?.give();
  await pages[1];
  expect(desk.rooms).toEqual(["a", "b", "c"]);
  desk.asked[0]?.give();
  await pages[0];
  expect(desk.rooms).toEqual(["a", "b", "c", "d"]);
});

test("FLOW-3: a read that comes in the moment in which a place is free goes behind those that wait", async () => {
  const desk = new Desk();
  const reads = new ReadLimiter(desk, 1);
  const first = reads.read("a", "a", { after: 0 }, LIMIT);
  const second = reads.read("b", "b", { after: 0 }, LIMIT);
  void desk.asked[0]?.page.then(() => reads.read("c", "c", { after: 0 }, LIMIT));
  desk.asked[0]?.give();
  await first;
  await Promise.resolve();
  expect(desk.rooms).toEqual(["a", "b"]);
  desk.asked[1]?.give();
  await second;
  await Promise.resolve();
  expect(desk.rooms).toEqual(["a", "b", "c"]);
});

test("FLOW-3: a read that fails gives its place to the next", async () => {
  let asked = 0;
  const gone = () => {
    asked++;
    return Promise.reject(new Error("gone"));
  };
  const reads = new ReadLimiter({ read: gone }, 1);
  const all = await Promise.allSettled(
    ["a", "b", "c"].map((room) => reads.read(room, room, { after: 0 }, LIMIT)),
  );
  expect(all.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(asked).toBe(3);
});

test("FLOW-5: a reader that asks for little goes before one that asks for much, on however many connections", async () => {
  const desk = new Desk();
  const reads = new ReadLimiter(desk, 1);
  const much = { count: 250, bytes: 1 };
  const first = reads.read("user greedy", "running", { after: 0 }, LIMIT);
  for (let i = 0; i < 3; i++) void reads.read("user greedy", `greedy ${i}`, { after: 0 }, much);
  void reads.read("guest", "guest", { after: 0 }, much);
  void reads.read("modest", "modest", { after: 0 }, { count: 20, bytes: 1 });
  let answer: Promise<unknown> = first;
  for (let i = 0; i < 5; i++) {
    desk.asked[i]?.give();
    await answer;
    answer = desk.asked[i + 1]?.page ?? answer;
    await Promise.resolve();
  }
  expect(desk.rooms).toEqual(["running", "modest", "guest", "greedy 0", "greedy 1", "greedy 2"]);
});

test("FLOW-5: the reads under way ask for a bounded number of messages, unless one alone asks for more, or for very few", () => {
  const desk = new Desk();
  const reads = new ReadLimiter(desk, 16);
  for (let i = 0; i < 8; i++) void reads.read(`${i}`, `${i}`, { after: 0 }, { count: 250, bytes: 1 });
  expect(desk.rooms).toEqual(["0", "1"]);
  void reads.read("small", "small", { after: 0 }, { count: 20, bytes: 1 });
  expect(desk.rooms).toEqual(["0", "1", "small"]);
  const other = new Desk();
  void new ReadLimiter(other, 16).read("a", "a", { after: 0 }, { count: 5_000, bytes: 1 });
  expect(other.rooms).toEqual(["a"]);
});
