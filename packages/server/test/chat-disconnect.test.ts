import { expect, test } from "bun:test";
import { ChatClient } from "@fanfare/testing/chat-client";
import { OPCODE } from "@fanfare/testing/frame-writer";
import { ManualClock } from "@fanfare/testing/manual-clock";
import { NativeClient } from "@fanfare/testing/native-client";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { openServer } from "@fanfare/testing/test-server";
import { ClientProcess } from "./support/client-process.ts";

const armin = "/ws/room1?username=Armin";
const comes = [
  '{"type":"online_users","content":"Eren,Armin","room":"room1","username":""}',
  '{"type":"user_joined","content":"Armin joined the room","room":"room1","username":"Armin"}',
];
const goes = [
  '{"type":"user_left","content":"Armin left the room","room":"room1","username":"Armin"}',
  '{"type":"online_users","content":"Eren","room":"room1","username":""}',
];

for (const [how, go] of [
  ["a goodbye", (raw: RawSocket) => raw.frame(OPCODE.close, Buffer.from([0x03, 0xe8]))],
  ["the end of its TCP connection without a goodbye", (raw: RawSocket) => raw.destroy()],
  ["a TCP reset", (raw: RawSocket) => raw.reset()],
  ["half a frame and the end", (raw: RawSocket) => raw.write(Buffer.from([0x81, 0xfe, 0x01])).destroy()],
  ["a frame that breaks the protocol", (raw: RawSocket) => raw.write(Buffer.alloc(32, 0xff))],
] as const) {
  test(`CHAT-5: ${how}: the room is told user_left and then online_users, at once`, async () => {
    await using server = await openServer();
    const eren = await ChatClient.enter(server.url, "room1", "Eren");
    const raw = await RawSocket.open(server.url, armin);
    expect(await eren.take(2)).toEqual(comes);
    go(raw);
    expect(await eren.take(2)).toEqual(goes);
    raw.destroy();
  });
}

test("CHAT-5: a client whose process is killed leaves the room at once", async () => {
  await using server = await openServer();
  const eren = await ChatClient.enter(server.url, "room1", "Eren");
  await using client = new ClientProcess(new URL(armin, server.url));
  expect(await eren.take(2)).toEqual(comes);
  await client.kill();
  expect(await eren.take(2)).toEqual(goes);
});

test("CHAT-5 PRES-5: a connection's leave comes after everything that it still had to publish", async () => {
  await using server = await openServer();
  const eren = await ChatClient.enter(server.url, "room1", "Eren");
  const raw = await RawSocket.open(server.url, armin);
  expect(await eren.take(2)).toEqual(comes);
  const said = Array.from({ length: 500 }, (_, i) => `word ${i}`);
  for (const word of said) raw.text(word);
  raw.frame(OPCODE.close, Buffer.from([0x03, 0xe8]));
  const frames = await eren.take(said.length + 2);
  expect(frames.slice(0, -2)).toEqual(
    said.map((content) => JSON.stringify({ type: "chat", content, room: "room1", username: "Armin" })),
  );
  expect(frames.slice(-2)).toEqual(goes);
});

test("CHAT-3 CHAT-5: those who come and go in a crowd are told in an order that always adds up", async () => {
  await using server = await openServer();
  const eren = await ChatClient.enter(server.url, "room1", "Eren");
  const crowd = await Promise.all(
    Array.from({ length: 50 }, (_, i) => ChatClient.enter(server.url, "room1", `titan-${i}`)),
  );
  await Promise.all(crowd.map((titan, i) => (i % 2 === 0 ? titan.close() : titan.terminate())));
  await eren.when(() => eren.frames.filter(({ type }) => type === "user_left").length === crowd.length);
  await eren.when(() => eren.raw.at(-1) === goes[1]);

  // online_users is what the joins and leaves told so far say: leaves stand before it, joins behind it.
  const present = new Set<string>();
  let listed = new Set<string>();
  for (const { type, content, username } of eren.frames) {
    if (type === "user_left") {
      expect(present.delete(username)).toBe(true);
    } else if (type === "online_users") {
      expect(listed).toEqual(present); // every join of the list before was announced
      listed = new Set(content === "" ? [] : content.split(","));
      for (const user of present) expect(listed).toContain(user);
    } else if (type === "user_joined") {
      expect(present.has(username)).toBe(false);
      expect(listed).toContain(username);
      present.add(username);
    }
    if (type === "user_left") listed.delete(username);
  }
  expect([...present]).toEqual(["Eren"]);
});

test("CHAT-5 PRES-2: chat says at once that a native member has left, native members after the grace period", async () => {
  const clock = new ManualClock();
  await using server = await openServer({ clock, limits: { presenceGraceMs: 1_000 } });
  const eren = await ChatClient.enter(server.url, "room1", "Eren");
  const historia = await NativeClient.connect(server.url, "Historia");
  await historia.follow("chat:room1", { presence: true });
  const first = await NativeClient.connect(server.url, "Armin");
  await first.follow("chat:room1", { presence: true });
  await historia.next(
    (frame) => frame.op === "presence" && frame.joins?.some(({ user }) => user === "Armin") === true,
  );
  await eren.next(({ type, username }) => type === "user_joined" && username === "Armin");

  await first.terminate();
  await eren.next(({ type, username }) => type === "user_left" && username === "Armin");
  const again = await NativeClient.connect(server.url, "Armin");
  await again.follow("chat:room1", { presence: true });
  await eren.next(({ type, username }) => type === "user_joined" && username === "Armin");
  await again.close();
  await eren.next(({ type, username }) => type === "user_left" && username === "Armin");
  clock.advance(1_000);
  const frame = await historia.next((each) => each.op === "presence" && each.leaves !== undefined);
  expect(frame).toEqual({ op: "presence", room: "chat:room1", leaves: ["Armin"], count: 2 });
  // Those who come in one turn are told in one frame.
  const joins = historia.frames.all.flatMap((each) => (each.op === "presence" ? (each.joins ?? []) : []));
  expect(joins.filter(({ user }) => user === "Armin")).toHaveLength(1);
});
