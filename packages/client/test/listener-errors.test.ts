import { expect, test } from "bun:test";
import { Fanfare } from "@fanfare/client";
import { Mailbox } from "@fanfare/testing/mailbox";
import { openServer } from "@fanfare/testing/test-server";
import { NodeProgram } from "./support/node-program.ts";
import { roomMailbox } from "./support/room-mailbox.ts";
import { openScene } from "./support/scene.ts";

test("in Node, listeners that throw or reject are reported on the console, and affect neither the program nor other listeners", async () => {
  await using server = await openServer();
  await using program = await NodeProgram.start(
    `
    const client = new Fanfare(url, { user: "ada", WebSocket });
    client.state.listen(() => { throw new Error("of the state"); });
    const room = client.room("r");
    room.on("message", () => { throw new Error("of a room"); });
    room.on("message", async () => { throw new Error("later"); });
    const second = new Promise((resolve) => {
      room.on("message", ({ data }) => {
        console.log(data);
        if (data === "two") resolve();
      });
    });
    await room.join();
    await room.publish("note", "one");
    await room.publish("note", "two");
    await second;
    await client.close();
    `,
    server.url,
  );
  const { out, fault, code } = await program.ended;
  expect({ out, code }).toEqual({ out: "one\ntwo\n", code: 0 });
  for (const text of ["of the state", "of a room", "later"]) expect(fault).toContain(`Error: ${text}`);
});

test("onError gets what every kind of listener throws, in place of the console", async () => {
  await using scene = await openScene();
  const errors = new Mailbox<string>("errors");
  const throws = (text: string) => () => {
    throw new Error(text);
  };
  const onError = (error: unknown) => errors.push((error as Error).message);
  const { client } = await scene.guest("ada", { onError });
  const room = client.room("r", { presence: true });
  const messages = roomMailbox(room);
  client.state.listen(throws("state"));
  client.outbox.listen(throws("outbox"));
  client.on("failed", throws("failed"));
  room.state.listen(throws("room state"));
  room.members.listen(throws("members"));
  room.outgoing.listen(throws("outgoing"));
  room.typing.listen(throws("typing"));
  room.on("message", throws("message"));
  room.on("presence", async () => throws("presence, later")());
  await room.join();
  await room.publish("note", 1);
  await client
    .room("todo:x")
    .publish("note", 1)
    .catch(() => {});
  const { client: other } = await scene.guest("bo");
  await other.room("r").join();
  other.room("r").setTyping();
  await errors.when(() => errors.all.includes("typing"));
  await messages.when(() => messages.all.length === 1);
  expect([...new Set(errors.all)].sort()).toEqual(
    [
      "failed",
      "members",
      "message",
      "outbox",
      "outgoing",
      "presence, later",
      "room state",
      "state",
      "typing",
    ].sort(),
  );
});

test("an onError that throws itself affects nothing", async () => {
  const { error } = console;
  const printed: unknown[] = [];
  console.error = (...all: unknown[]) => printed.push(...all);
  try {
    const own = new Error("its own");
    await using client = new Fanfare("/nowhere", {
      onError: () => {
        throw own;
      },
    });
    const seen: string[] = [];
    client.state.listen(() => {
      throw new Error("of a listener");
    });
    client.state.listen(({ status }) => seen.push(status));
    await client.close();
    expect(seen).toEqual(["closed"]);
    expect(printed).toEqual([own]);
  } finally {
    console.error = error;
  }
});
