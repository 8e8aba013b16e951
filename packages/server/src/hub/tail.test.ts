import { expect, test } from "bun:test";
import type { StoredMessage } from "../engines/engine.ts";
import { Tail, Tails, weight } from "./tail.ts";

const DATA = JSON.stringify("x".repeat(870));
const WEIGHT = weight(message(1));

function message(offset: number): StoredMessage {
  return { offset, id: String(offset).padStart(4, "0"), type: "chat", from: "ada", at: 0, data: DATA };
}

test("FLOW-3: a tail keeps the newest messages within the bound of a room", () => {
  const tails = new Tails({ tailPerRoom: 3 * WEIGHT, tailPerNode: 100 * WEIGHT });
  const tail = new Tail();
  for (let offset = 1; offset <= 2_000; offset++) tails.push(tail, message(offset));
  expect(tail.after(1_997, 1e9)?.map(({ offset }) => offset)).toEqual([1_998, 1_999, 2_000]);
  expect(tail.after(1_996, 1e9)).toBeUndefined();
  expect(tail.after(2_000, 1e9)).toEqual([]);
});

test("FLOW-3: all tails of a node share one bound, and the quietest rooms give way", () => {
  const tails = new Tails({ tailPerRoom: 10 * WEIGHT, tailPerNode: 10 * WEIGHT });
  const rooms = Array.from({ length: 5_000 }, () => new Tail());
  for (const tail of rooms) {
    for (let offset = 1; offset <= 4; offset++) tails.push(tail, message(offset));
    expect(tails.bytes).toBeLessThanOrEqual(10 * WEIGHT);
  }
  const kept = rooms.filter(({ bytes }) => bytes > 0);
  expect(kept).toEqual(rooms.slice(-2));
  expect(kept.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(tails.bytes);
});

test("FLOW-3: the tail of a room that closes is no longer counted", () => {
  const tails = new Tails({ tailPerRoom: 10 * WEIGHT, tailPerNode: 10 * WEIGHT });
  const tail = new Tail();
  tails.push(tail, message(1));
  tails.remove(tail);
  tails.remove(tail);
  expect(tails.bytes).toBe(0);
});
