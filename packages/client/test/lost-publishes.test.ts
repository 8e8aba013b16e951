import { expect, test } from "bun:test";
import { Fanfare, type Lost, type OutboxStore } from "@fanfare/client";
import { openServer } from "@fanfare/testing/test-server";

function left(room: string): OutboxStore {
  return {
    durable: true,
    load: () => ({
      publisher: "an-earlier-program-01",
      user: "ada",
      next: new Map(),
      waiting: [{ serial: 1, room, type: "chat", data: "precious", key: "k", at: 1 }],
    }),
    save() {},
    close() {},
  };
}

test("what an earlier program left and the server refuses is told, with its data", async () => {
  await using server = await openServer();
  const lost: Lost[] = [];
  const onLost = (publish: Lost) => lost.push(publish);
  await using client = new Fanfare(server.url, { user: "ada", outbox: left("todo:x"), onLost });
  await client.flush();
  expect(lost).toMatchObject([{ room: "todo:x", data: "precious", key: "k", error: { code: "forbidden" } }]);
});

test("what somebody else left is not thrown away without a word", async () => {
  await using server = await openServer();
  const lost: Lost[] = [];
  const onLost = (publish: Lost) => lost.push(publish);
  await using client = new Fanfare(server.url, { user: "bob", outbox: left("chat:x"), onLost });
  await client.flush();
  expect(lost).toMatchObject([{ data: "precious", error: { code: "other_user" } }]);
});
