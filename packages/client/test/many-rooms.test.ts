import { expect, test } from "bun:test";
import { Fanfare, type OutboxStore } from "@fanfare/client";
import { openServer } from "@fanfare/testing/test-server";

test("ONCE-6: a client that publishes to ever more rooms does not remember them all", async () => {
  const next = new Map<string, number>();
  const store: OutboxStore = {
    durable: true,
    load: () => ({ next: new Map(), waiting: [] }),
    save(changes) {
      for (const change of changes) {
        if (change.kind === "publisher") next.clear();
        else if (change.kind === "next") next.set(change.room, change.next);
      }
    },
    close() {},
  };
  await using server = await openServer();
  await using client = new Fanfare(server.url, { user: "ada", outbox: store });
  for (let n = 0; n < 3_000; n += 500) {
    await Promise.all(
      Array.from({ length: 500 }, (_, i) => client.room(`room:${n + i}`).publish("n", n + i)),
    );
    await client.flush();
  }
  const again = await client.room("room:0").publish("n", 3_000);
  expect(again).toMatchObject({ offset: 2, duplicate: false });
  expect(next.size).toBeLessThan(1_600);
});
