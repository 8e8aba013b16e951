import { expect, test } from "bun:test";
import { Fanfare } from "@fanfare/client";
import { openServer } from "@fanfare/testing/test-server";

test("a value is a store: `subscribe` gives what it is at once and then each change, unbound as well", async () => {
  await using server = await openServer();
  await using client = new Fanfare(server.url, { user: "ada" });
  const { subscribe } = client.state; // as Svelte, Solid and Vue's composables call it
  const [seen, changes]: string[][] = [[], []];
  const unsubscribe = subscribe(({ status }) => seen?.push(status));
  client.state.listen(({ status }) => changes?.push(status));
  expect([seen, changes]).toEqual([["idle"], []]);
  await client.connect();
  expect(seen).toEqual(["idle", "connecting", "online"]);
  expect(changes).toEqual(["connecting", "online"]);
  unsubscribe();
  client.disconnect();
  expect(seen).toHaveLength(3);
});

test("a store's first call may throw, and is not made for a signal that was aborted before", () => {
  const errors: unknown[] = [];
  const client = new Fanfare("http://127.0.0.1:9", { onError: (error) => errors.push(error) });
  const fault = new Error("of a listener");
  client.state.subscribe(() => {
    throw fault;
  });
  client.state.subscribe(() => errors.push("called"), { signal: AbortSignal.abort() });
  expect(errors).toEqual([fault]);
});

test("`once` calls its listener for the next event alone, and takes it back before that", async () => {
  await using server = await openServer();
  await using client = new Fanfare(server.url, { user: "ada" });
  const room = client.room("r");
  const [first, removed, failed]: unknown[][] = [[], [], []];
  room.once("message", ({ data }) => first?.push(data));
  room.once("message", ({ data }) => removed?.push(data))();
  client.once("failed", ({ type }) => failed?.push(type));
  await room.join();
  for (const data of [1, 2]) await room.publish("n", data);
  await room.publish("n", "x".repeat(70_000)).catch(() => {});
  await room.publish("m", "x".repeat(70_000)).catch(() => {});
  expect([first, removed, failed]).toEqual([[1], [], ["n"]]);
  expect(() => room.once("mesage" as "message", () => {})).toThrow(TypeError);
});
