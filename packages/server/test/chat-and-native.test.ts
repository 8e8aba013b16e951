import { expect, test } from "bun:test";
import { ChatClient } from "@fanfare/testing/chat-client";
import { NativeClient } from "@fanfare/testing/native-client";
import { openServer } from "@fanfare/testing/test-server";

test("CHAT-3 CHAT-4 ORDER-1: a chat client and a native client talk to each other in chat:room1", async () => {
  await using server = await openServer();
  const eren = await ChatClient.enter(server.url, "room1", "Eren");
  const armin = await NativeClient.connect(server.url, "Armin");
  await armin.follow("chat:room1", { presence: true });
  expect(await eren.take(2)).toEqual([
    '{"type":"online_users","content":"Eren,Armin","room":"room1","username":""}',
    '{"type":"user_joined","content":"Armin joined the room","room":"room1","username":"Armin"}',
  ]);

  eren.send("from chat");
  await armin.received(1);
  expect(armin.messages[0]).toMatchObject({
    room: "chat:room1",
    offset: 1,
    type: "chat",
    from: "Eren",
    data: { text: "from chat" },
  });
  await armin.publish("chat:room1", "chat", { text: "from native" });
  expect(await eren.take(2)).toEqual([
    '{"type":"chat","content":"from chat","room":"room1","username":"Eren"}',
    '{"type":"chat","content":"from native","room":"room1","username":"Armin"}',
  ]);
  await armin.received(2);
  expect((await armin.members("chat:room1")).members?.map(({ user }) => user)).toEqual(["Eren", "Armin"]);

  await armin.close();
  expect(await eren.take(2)).toEqual([
    '{"type":"user_left","content":"Armin left the room","room":"room1","username":"Armin"}',
    '{"type":"online_users","content":"Eren","room":"room1","username":""}',
  ]);
});

test("CHAT-3 CHAT-4: a native member without presence is not seen, and records of other types are not shown", async () => {
  await using server = await openServer();
  const eren = await ChatClient.enter(server.url, "room1", "Eren");
  const hidden = await NativeClient.connect(server.url, "Hidden");
  await hidden.follow("chat:room1");
  await hidden.publish("chat:room1", "reaction", { text: "not for chat" });
  await hidden.publish("chat:room1", "chat", "no object");
  await hidden.publish("chat:room1", "chat", { text: 7 });
  await hidden.publish("chat:room1", "chat", ["text"]);
  await hidden.publish("chat:room1", "chat", null);
  await hidden.publish("chat:room1", "chat", { text: "for chat", more: 1 });
  expect(await eren.take(1)).toEqual([
    '{"type":"chat","content":"for chat","room":"room1","username":"Hidden"}',
  ]);
});

test("CHAT-6: history=N replays the last N chat messages first, foreign records left out", async () => {
  await using server = await openServer();
  const armin = await NativeClient.connect(server.url, "Armin");
  for (let i = 1; i <= 30; i++) {
    await armin.publish("chat:room1", i % 3 === 0 ? "chat" : "noise", { text: `message ${i}` });
  }
  const mikasa = await ChatClient.open(server.url, "room1?username=Mikasa&history=4");
  const chat = (i: number) => `{"type":"chat","content":"message ${i}","room":"room1","username":"Armin"}`;
  const comes = [
    '{"type":"online_users","content":"Mikasa","room":"room1","username":""}',
    '{"type":"user_joined","content":"Mikasa joined the room","room":"room1","username":"Mikasa"}',
  ];
  expect(await mikasa.take(6)).toEqual([chat(21), chat(24), chat(27), chat(30), ...comes]);
  await mikasa.close();

  const none = await ChatClient.open(server.url, "room1?username=Mikasa");
  expect(await none.take(2)).toEqual(comes);
  await none.close();

  const all = await ChatClient.open(server.url, "room1?username=Mikasa&history=1000");
  expect((await all.take(12)).slice(-3)).toEqual([chat(30), ...comes]);
});

test("CHAT-6: after=OFFSET resumes exactly there, and chat frames then carry their offset", async () => {
  await using server = await openServer();
  const eren = await ChatClient.enter(server.url, "room1", "Eren", "&after=0");
  for (let i = 1; i <= 20; i++) eren.send(`message ${i}`);
  await eren.said("message 20");
  const chat = (i: number) =>
    `{"type":"chat","content":"message ${i}","room":"room1","username":"Eren","offset":${i}}`;
  expect(eren.raw.slice(2)).toEqual(Array.from({ length: 20 }, (_, i) => chat(i + 1)));

  const mikasa = await ChatClient.open(server.url, "room1?username=Mikasa&after=17");
  expect(await mikasa.take(4)).toEqual([
    chat(18),
    chat(19),
    chat(20),
    '{"type":"online_users","content":"Eren,Mikasa","room":"room1","username":""}',
  ]);
  eren.send("message 21");
  await mikasa.said("message 21");
  expect(mikasa.raw.at(-1)).toBe(chat(21));

  // A position that does not exist yet: this wire has no frame that could say so, so it gets what there is.
  const future = await ChatClient.open(server.url, "room1?username=Armin&after=1000");
  expect(await future.take(1)).toEqual([chat(1)]);
});

test("CHAT-6 EVENT-3: typing=1 also gets typing frames; others get none", async () => {
  await using server = await openServer();
  const eren = await ChatClient.enter(server.url, "room1", "Eren", "&typing=1");
  const mikasa = await ChatClient.enter(server.url, "room1", "Mikasa");
  const armin = await NativeClient.connect(server.url, "Armin");
  await armin.follow("chat:room1");
  await eren.next(({ type, username }) => type === "user_joined" && username === "Mikasa");

  await armin.ok({ op: "event", room: "chat:room1", type: "typing", data: true });
  await armin.ok({ op: "event", room: "chat:room1", type: "typing", data: false });
  expect(await eren.take(2)).toEqual([typing("start"), typing("stop")]);
  await armin.ok({ op: "event", room: "chat:room1", type: "typing", data: true });
  await armin.terminate(); // the server says it for those who go
  expect(await eren.take(2)).toEqual([typing("start"), typing("stop")]);

  eren.send("done");
  await mikasa.said("done");
  expect(mikasa.frames.some(({ type }) => type === "typing")).toBe(false);
});

test("CHAT-6 EVENT-3: the server says that a user who falls silent has stopped typing", async () => {
  await using server = await openServer({ limits: { typingMs: 50 } });
  const eren = await ChatClient.enter(server.url, "room1", "Eren", "&typing=1");
  const armin = await NativeClient.connect(server.url, "Armin");
  await armin.follow("chat:room1");
  await armin.ok({ op: "event", room: "chat:room1", type: "typing", data: true });
  expect(await eren.take(2)).toEqual([typing("start"), typing("stop")]);
});

function typing(content: string): string {
  return `{"type":"typing","content":"${content}","room":"room1","username":"Armin"}`;
}

test("CHAT-7: past 500 connections online_users is empty, newcomers alone get it, and nobody is announced", async () => {
  await using server = await openServer();
  const eren = await ChatClient.enter(server.url, "room1", "Eren");
  const crowd = await Promise.all(
    Array.from({ length: 499 }, (_, i) => ChatClient.open(server.url, `room1?username=titan-${i}`)),
  );
  const listed = (content: string) => (content === "" ? 0 : content.split(",").length);
  await eren.next(({ type, content }) => type === "online_users" && listed(content) === 500);
  await eren.when(() => eren.frames.filter(({ type }) => type === "user_joined").length === 500);

  const empty = '{"type":"online_users","content":"","room":"room1","username":""}';
  const before = eren.raw.length;
  const late = await ChatClient.open(server.url, "room1?username=late");
  expect(await late.take(1)).toEqual([empty]);
  const later = await ChatClient.open(server.url, "room1?username=later");
  expect(await later.take(1)).toEqual([empty]);
  await later.close();
  eren.send("who is there?");
  await eren.said("who is there?");
  const told = eren.raw.slice(before, -1);
  expect(told.every((frame) => frame === empty)).toBe(true);
  expect(told.length).toBeLessThanOrEqual(1); // the newcomers' lists are theirs alone

  for (const titan of crowd.slice(0, 60)) void titan.close();
  await late.close();
  const { content } = await eren.next(({ type, content }) => type === "online_users" && content !== "");
  expect(listed(content)).toBeLessThanOrEqual(500);
});
