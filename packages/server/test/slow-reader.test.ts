import { expect, test } from "bun:test";
import { CLOSE, type MessageFrame, type ServerFrame, SUBPROTOCOL } from "@fanfare/protocol";
import { ChatClient } from "@fanfare/testing/chat-client";
import { NativeClient } from "@fanfare/testing/native-client";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { residentMemory } from "@fanfare/testing/resident-memory";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { openServer } from "@fanfare/testing/test-server";
import { LineLog } from "./support/line-log.ts";

const ROOM = "chat:busy";
const LARGE = "x".repeat(60_000);

test("FLOW-1 JOIN-3 CLOSE-1: a reader that stops reading in a busy room is cut, resumes without loss, and costs the others nothing", async () => {
  await using server = await openServer();
  const eren = await ChatClient.enter(server.url, "busy", "Eren"); // hears who leaves
  const honest = await NativeClient.connect(server.url, "Honest");
  await honest.follow(ROOM);
  const slow = await follow(server.url, "Slow", "now");
  await eren.next(({ type, username }) => type === "user_joined" && username === "Slow");
  await honest.publish(ROOM, "note", "before");
  slow.stall();

  // More than the bound and all that two kernels buffer; until the room is told that it left.
  let cut = false;
  const left = eren
    .next(({ type, username }) => type === "user_left" && username === "Slow")
    .then(() => {
      cut = true;
    });
  let published = 1;
  while (!cut) {
    await Promise.all(Array.from({ length: 16 }, () => honest.publish(ROOM, "note", LARGE)));
    published += 16;
    expect(published * LARGE.length).toBeLessThan(100_000_000);
  }
  await left;
  await Promise.all(Array.from({ length: 20 }, (_, i) => honest.publish(ROOM, "note", `after ${i}`)));
  published += 20;
  await honest.received(published);
  expect(honest.messages.map(({ offset }) => offset)).toEqual(upTo(published));

  slow.resume();
  expect((await slow.closed()).code).toBe(1006);
  const before = messagesOf(slow);
  expect(before.length).toBeLessThan(published);
  const position = { epoch: epochOf(slow), offset: before.at(-1)?.offset ?? 0 };
  const again = await NativeClient.connect(server.url, "Slow");
  await again.follow(ROOM, { after: position });
  const all = [...before, ...again.messages];
  expect(all.map(({ offset }) => offset)).toEqual(upTo(published));
  expect(all.map(({ id }) => id)).toEqual(honest.messages.map(({ id }) => id));
});

test("FLOW-1 FLOW-2 JOIN-3: a reader that stops reading and is not read itself is cut as well, and misses nothing that it is sent", async () => {
  await using server = await openServer();
  const eren = await ChatClient.enter(server.url, "busy", "Eren"); // hears who leaves
  const honest = await NativeClient.connect(server.url, "Honest");
  const slow = await follow(server.url, "Slow", "now");
  await eren.next(({ type, username }) => type === "user_joined" && username === "Slow");
  const publish = (count: number) =>
    Promise.all(Array.from({ length: count }, () => honest.publish(ROOM, "note", LARGE)));
  await publish(16);
  slow.stall();
  // Pages that it does not take: far more than both kernels buffer, so that nothing more that it says is read.
  for (let ref = 3; ref < 203; ref++) slow.text(`{"op":"history","ref":${ref},"room":"${ROOM}"}`);

  let cut = false;
  const left = eren
    .next(({ type, username }) => type === "user_left" && username === "Slow")
    .then(() => {
      cut = true;
    });
  let published = 16;
  while (!cut) {
    await publish(16);
    published += 16;
    expect(published * LARGE.length).toBeLessThan(100_000_000);
  }
  await left;
  await publish(16);

  slow.resume();
  expect((await slow.closed()).code).toBe(1006);
  const offsets = messagesOf(slow).map(({ offset }) => offset);
  expect(offsets).toEqual(upTo(offsets.length));
});

test("FLOW-1 JOIN-6: a replay waits for its reader; one that takes nothing is closed with 4000, and others replay meanwhile", async () => {
  const log = new LineLog();
  await using server = await openServer({
    log,
    limits: { pingMs: 100, deadMs: 120_000, stalledMs: 1_000 }, // looked at every 100 ms
  });
  const eren = await ChatClient.enter(server.url, "quiet", "Eren");
  const honest = await NativeClient.connect(server.url, "Honest");
  const count = 400; // 24 MB: more than fits into the kernels' buffers
  for (let i = 0; i < count; i += 16) {
    await Promise.all(Array.from({ length: 16 }, () => honest.publish(ROOM, "note", LARGE)));
  }
  const stalled = await RawSocket.open(server.url, "/ws", SUBPROTOCOL);
  stalled.text(
    '[{"op":"hello","ref":1,"user":"Stalled"},{"op":"join","ref":2,"room":"chat:quiet","presence":true}]',
  );
  await eren.next(({ type, username }) => type === "user_joined" && username === "Stalled");
  stalled.stall();
  stalled.text(`{"op":"join","ref":3,"room":"${ROOM}","history":1000}`);
  await honest.follow(ROOM, { history: 1000 });
  expect(honest.messages.map(({ offset }) => offset)).toEqual(upTo(count));
  await eren.next(({ type, username }) => type === "user_left" && username === "Stalled");

  stalled.resume();
  expect(log.of("connection.stalled")).toEqual([expect.objectContaining(CLOSE.stalled)]);
  // Bun cuts off whom it closes within 4 s, and who takes what waits later than that does not hear the code.
  expect([CLOSE.stalled.code, 1006]).toContain((await stalled.closed()).code);
  const before = messagesOf(stalled);
  expect(before.length).toBeLessThan(count); // it was not all sent ahead
  expect(before.map(({ offset }) => offset)).toEqual(upTo(before.length));
  stalled.destroy();
});

test("FLOW-1 FLOW-3 ERR-2: a reader that asks for 1,000 pages and takes none costs the server a bounded memory", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path, "--limits-stalled", "1h"); // it takes none for a while
  const honest = await NativeClient.connect(server.url, "Honest");
  await Promise.all(Array.from({ length: 16 }, () => honest.publish(ROOM, "note", LARGE)));
  const greedy = await RawSocket.open(server.url, "/ws", SUBPROTOCOL);
  greedy.text('{"op":"hello","ref":0,"user":"Greedy"}');
  await greedy.frames.next();
  greedy.stall();
  const before = residentMemory(server.pid);
  const asked = 1_000; // 190 MB, were they all read
  for (let i = 1; i <= asked; i++) greedy.text(`{"op":"history","ref":${i},"room":"${ROOM}"}`);
  for (let i = 0; i < 50; i++) await honest.history(ROOM);
  expect(residentMemory(server.pid) - before).toBeLessThan(100_000_000);

  greedy.resume();
  for (let i = 1; i <= asked; i++) {
    const { payload } = await greedy.frames.next();
    expect(payload.toString("utf8", 0, 40)).toStartWith(`{"op":"ok","ref":${i},`);
  }
  greedy.destroy();
});

async function follow(server: URL, user: string, from: "now"): Promise<RawSocket> {
  const raw = await RawSocket.open(server, "/ws", SUBPROTOCOL);
  raw.text(
    `[{"op":"hello","ref":1,"user":"${user}"},{"op":"join","ref":2,"room":"${ROOM}","presence":${from === "now"}}]`,
  );
  await raw.frames.when(() => framesOf(raw).some(({ op }) => op === "live"));
  return raw;
}

function framesOf(raw: RawSocket): ServerFrame[] {
  return raw.texts.flatMap((text) => JSON.parse(text) as ServerFrame | ServerFrame[]);
}

function messagesOf(raw: RawSocket): MessageFrame[] {
  return framesOf(raw).filter((frame) => frame.op === "message");
}

function epochOf(raw: RawSocket): string {
  const reply = framesOf(raw).find((frame) => frame.op === "ok" && "epoch" in frame);
  return reply !== undefined && "epoch" in reply ? reply.epoch : "";
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
