import { expect, test } from "bun:test";
import { Mailbox } from "@fanfare/testing/mailbox";
import { NativeClient } from "@fanfare/testing/native-client";
import { openScene } from "./support/scene.ts";
import { until } from "./support/until.ts";

test("EVENT-3: who types is a live set, without oneself; a publish ends it", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const { client: other } = await scene.guest("bo");
  const room = client.room("r");
  const theirs = other.room("r");
  await Promise.all([room.join(), theirs.join()]);
  theirs.setTyping();
  expect(await until(room.typing, ({ length }) => length > 0)).toEqual(["bo"]);
  expect(theirs.typing.value).toEqual([]);
  room.setTyping();
  expect(await until(theirs.typing, ({ length }) => length > 0)).toEqual(["ada"]);
  expect(room.typing.value).toEqual(["bo"]);
  theirs.setTyping(false);
  await until(room.typing, ({ length }) => length === 0);
  theirs.setTyping();
  await until(room.typing, ({ length }) => length === 1);
  await theirs.publish("note", "done");
  await until(room.typing, ({ length }) => length === 0);
});

test("typing is said seldom, however many keys are struck", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const witness = await NativeClient.connect(scene.url, "witness");
  await witness.follow("r");
  const room = client.room("r");
  await room.join();
  for (let key = 0; key < 500; key++) room.setTyping();
  room.setTyping(false);
  room.setTyping(false);
  room.event("last", null);
  await witness.next((frame) => frame.op === "event" && frame.type === "last");
  const said = witness.frames.all.flatMap((frame) =>
    frame.op === "event" && frame.type === "typing" ? [frame.data] : [],
  );
  expect(said.length).toBe(2);
  expect(said.at(-1)).toBe(false);
  await witness.close();
});

test("who typed and went away without a word does not type for ever", async () => {
  await using scene = await openScene({ limits: { typingMs: 50 } });
  const { client } = await scene.guest("ada");
  const { client: other, network } = await scene.guest("bo");
  const room = client.room("r");
  const theirs = other.room("r");
  await Promise.all([room.join(), theirs.join()]);
  theirs.setTyping();
  await until(room.typing, ({ length }) => length === 1);
  network.refuse();
  network.cut("reset");
  await until(room.typing, ({ length }) => length === 0);
});

test("over a break nobody is known to type; with a filter typing is heard all the same", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  const { client: other } = await scene.guest("bo");
  const room = client.room("r", { types: ["note"] });
  const theirs = other.room("r");
  const events = new Mailbox<unknown>("events");
  room.on("event", (event) => events.push(event));
  await Promise.all([room.join(), theirs.join()]);
  theirs.setTyping();
  await until(room.typing, ({ length }) => length === 1);
  network.refuse();
  network.cut("reset");
  await until(room.typing, ({ length }) => length === 0);
});
