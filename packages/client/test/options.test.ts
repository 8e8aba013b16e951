import { expect, test } from "bun:test";
import { Fanfare } from "@fanfare/client";
import { WritableValue } from "../src/value.ts";

const NOWHERE = "http://127.0.0.1:9";
const nothing = undefined;

test("an option that is undefined is one that was left out", async () => {
  await using client = new Fanfare(NOWHERE, {
    user: "ada",
    outboxLimits: { entries: nothing },
    backoff: { min: nothing, max: nothing },
  });
  const room = client.room("a");
  const outcomes = await Promise.race([
    Promise.allSettled(Array.from({ length: 1_001 }, (_, n) => room.publish("n", n)).slice(1_000)),
    Bun.sleep(1_000).then(() => []),
  ]);
  expect(outcomes).toMatchObject([{ reason: { code: "outbox_full" } }]);
  const { value } = client.state;
  if (value.status === "offline") expect(value.retryAt).not.toBeNaN();
  await client.close({ flush: 0 });
});

test("nobody is told an old value last, whatever a listener does", () => {
  const cell = new WritableValue(0);
  const heard: number[] = [];
  cell.listen((value) => {
    if (value === 1) cell.set(2);
  });
  cell.listen((value) => heard.push(value));
  cell.set(1);
  expect(heard).toEqual([2]);
});

test("who has been unsubscribed by a listener before is not told", () => {
  const cell = new WritableValue(0);
  const heard: number[] = [];
  cell.listen(() => stop());
  const stop = cell.listen((value) => heard.push(value));
  cell.set(1);
  expect(heard).toEqual([]);
});
