import { expect, test } from "bun:test";
import { FanfareError } from "@fanfare/client";
import { openScene } from "./support/scene.ts";

test("HIST-1: a page of the past, by its place", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const room = client.room("r");
  for (let i = 1; i <= 10; i++) void room.publish("note", i);
  await client.flush();
  const offsets = async (range: Parameters<typeof room.history>[0]) => {
    const { messages, oldest, newest, epoch } = await room.history(range);
    expect({ oldest, newest }).toEqual({ oldest: 1, newest: 10 });
    expect(epoch).not.toBe("");
    for (const message of messages)
      expect(message).toMatchObject({ room: "r", type: "note", from: "ada", key: message.id });
    return messages.map(({ offset }) => offset);
  };
  expect(await offsets({})).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(await offsets({ limit: 3 })).toEqual([8, 9, 10]);
  expect(await offsets({ before: 5, limit: 2 })).toEqual([3, 4]);
  expect(await offsets({ after: 5, limit: 2 })).toEqual([6, 7]);
  expect(await offsets({ after: 10 })).toEqual([]);
});

test("HIST-1: backwards, page by page, to the beginning, over breaks", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  const room = client.room("r");
  for (let i = 1; i <= 25; i++) void room.publish("note", i);
  await client.flush();
  const pages: number[][] = [];
  for await (const page of room.backwards({ limit: 10 })) {
    pages.push(page.messages.map(({ offset }) => offset));
    network.cut("reset");
  }
  expect(pages.map(({ length }) => length)).toEqual([10, 10, 5]);
  expect(pages.toReversed().flat()).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));

  const some: number[] = [];
  for await (const page of room.backwards({ before: 8, limit: 5 })) {
    some.push(...page.messages.map(({ offset }) => offset));
    if (some.length >= 5) break;
  }
  expect(some).toEqual([3, 4, 5, 6, 7]);

  const nothing: unknown[] = [];
  for await (const page of client.room("empty").backwards()) nothing.push(page);
  expect(nothing).toEqual([]);
});

test("a page can be given up", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  const room = client.room("r");
  await room.publish("note", 1);
  network.stall("down");
  const controller = new AbortController();
  const page = room.history({ signal: controller.signal }).catch((error: unknown) => error);
  const reason = new Error("seen enough");
  controller.abort(reason);
  expect(await page).toBe(reason);
  const backwards = room.backwards({ signal: AbortSignal.abort(reason) });
  expect(await backwards.next().catch((error: unknown) => error)).toBe(reason);
  network.flow();
  expect((await room.history()).messages.length).toBe(1);
  // Also while there is no connection.
  const { client: lonely, network: nowhere } = await scene.guest("bo");
  nowhere.refuse();
  const unasked = new AbortController();
  const never = lonely.room("r").history({ signal: unasked.signal });
  unasked.abort(reason);
  expect(await never.catch((error: unknown) => error)).toBe(reason);
});

test("wrong questions are refused; those of a closed client say that it is closed", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const room = client.room("r");
  for (const wrong of [{ before: 0 }, { limit: 100_000 }, { limit: -1 }, { before: 2, after: 1 }]) {
    const error = await room.history(wrong).catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(FanfareError);
  }
  await client.close();
  expect(await room.history().catch((fault: unknown) => fault)).toMatchObject({ code: "closed" });
});
