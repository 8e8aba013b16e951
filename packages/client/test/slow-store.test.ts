import { expect, test } from "bun:test";
import { Fanfare, type OutboxStore } from "@fanfare/client";
import { openServer } from "@fanfare/testing/test-server";

function storeThat(save: OutboxStore["save"]): OutboxStore {
  return { durable: true, load: () => ({ next: new Map(), waiting: [] }), save, close() {} };
}

test("ONCE-1: who publishes all the time is acknowledged all the time, however slow the store", async () => {
  await using server = await openServer();
  await using client = new Fanfare(server.url, { user: "ada", outbox: storeThat(() => Bun.sleep(30)) });
  const room = client.room("busy");
  let acknowledged = 0;
  // Always a publish that is not stored yet: it waits for the acknowledgement of an early one, and stops then.
  for (let sent = 0; sent < 400 && acknowledged === 0; sent += 1) {
    room.publish("n", sent).then(
      () => (acknowledged += 1),
      () => {}, // those behind are not waited for
    );
    await Bun.sleep(10);
  }
  expect(acknowledged).toBeGreaterThan(0);
});

test("a client that was closed while its store failed leaves the store alone", async () => {
  const begun = Promise.withResolvers<void>();
  const fails = Promise.withResolvers<void>();
  let saves = 0;
  const store = storeThat(() => {
    saves += 1;
    begun.resolve();
    return fails.promise;
  });
  const client = new Fanfare("http://127.0.0.1:9", { user: "ada", outbox: store });
  client
    .room("a")
    .publish("n", 1)
    .catch(() => {});
  await begun.promise;
  const closing = client.close({ flush: 0 });
  await Bun.sleep(1); // it waits for the save now
  fails.reject(new Error("the disk is gone"));
  await closing;
  await Bun.sleep(1_300); // longer than the store is let alone after a failure
  expect(saves).toBe(1);
});
