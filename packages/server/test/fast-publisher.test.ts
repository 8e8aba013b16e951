import { expect, test } from "bun:test";
import { SUBPROTOCOL } from "@fanfare/protocol";
import { ChatClient } from "@fanfare/testing/chat-client";
import { clientFrame, OPCODE } from "@fanfare/testing/frame-writer";
import { NativeClient } from "@fanfare/testing/native-client";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { residentMemory } from "@fanfare/testing/resident-memory";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { openServer } from "@fanfare/testing/test-server";

test("FLOW-2 KEEP-1 ORDER-3: a publisher that floods is paused; all of its publishes are acknowledged, once, in order", async () => {
  const bound = 256 * 1024;
  await using server = await openServer({ limits: { uncommittedPerConnection: bound } });
  const flood = await NativeClient.connect(server.url, "Flood");
  const honest = await NativeClient.connect(server.url, "Honest");
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, server.hub.uncommitted);
  }, 1);
  const count = 20_000;
  const data = "x".repeat(1_000);
  const replies = Array.from({ length: count }, () => flood.publish("flood", "note", data));
  for (let i = 1; i <= 20; i++) {
    expect((await honest.publish("calm", "note", i)).offset).toBe(i); // not held up until the flood is over
  }
  expect((await Promise.all(replies)).map(({ offset }) => offset)).toEqual(
    Array.from({ length: count }, (_, i) => i + 1),
  );
  clearInterval(watch);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(bound + 128 * 1024); // one frame comes on top
});

test("FLOW-2: past the bound of the node, whoever publishes is held back, and nobody is lost", async () => {
  const bound = 512 * 1024;
  await using server = await openServer({ limits: { uncommittedPerNode: bound } });
  const floods = await Promise.all(
    Array.from({ length: 8 }, (_, i) => NativeClient.connect(server.url, `flood-${i}`)),
  );
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, server.hub.uncommitted);
  }, 1);
  const data = "x".repeat(1_000);
  const replies = await Promise.all(
    floods.flatMap((flood) => Array.from({ length: 3_000 }, () => flood.publish("flood", "note", data))),
  );
  clearInterval(watch);
  expect(new Set(replies.map(({ offset }) => offset)).size).toBe(24_000);
  expect(most).toBeLessThan(bound + 8 * 1024 * 1024);
});

test("FLOW-2 ORDER-3: who says much and goes at once is heard to the end, in order", async () => {
  await using server = await openServer({ limits: { uncommittedPerConnection: 16 * 1024 } });
  const member = await NativeClient.connect(server.url, "Member");
  await member.follow("parting");
  const one = await RawSocket.open(server.url, "/ws", SUBPROTOCOL);
  const requests = Array.from(
    { length: 2_000 },
    (_, i) => `{"op":"publish","ref":${i + 1},"room":"parting","type":"note","data":${i}}`,
  );
  const frames = ['{"op":"hello","ref":0}', ...requests].map((request) =>
    clientFrame(OPCODE.text, Buffer.from(request)),
  );
  one.write(Buffer.concat([...frames, clientFrame(OPCODE.close, Buffer.from([3, 232]))]));
  await member.received(2_000);
  expect(member.messages.map(({ data }) => data)).toEqual(Array.from({ length: 2_000 }, (_, i) => i));
});

test("FLOW-1 FLOW-2: members who read are not cut for what many publishers say at once", async () => {
  // In this thread: where only its clients are held up, the member does not read.
  await using server = await openServer();
  const armin = await NativeClient.connect(server.url, "Armin");
  await armin.follow("flood");
  const floods = await Promise.all(
    Array.from({ length: 16 }, (_, i) => NativeClient.connect(server.url, `flood-${i}`)),
  );
  const large = "x".repeat(50_000);
  await Promise.all(
    floods.flatMap((flood) => Array.from({ length: 24 }, () => flood.publish("flood", "note", large))),
  );
  await armin.received(384);
  expect(armin.messages.map(({ offset }) => offset)).toEqual(Array.from({ length: 384 }, (_, i) => i + 1));
});

test("FLOW-2 FLOW-3: a flood of 300 MB that only the socket holds back leaves the server's memory bounded", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path);
  const eren = await ChatClient.enter(server.url, "calm", "Eren");
  const flood = await RawSocket.open(server.url, "/ws", SUBPROTOCOL);
  flood.text('{"op":"hello","ref":0}');
  const start = residentMemory(server.pid);
  let most = start;
  const large = "x".repeat(50_000);
  const count = 6_000;
  for (let i = 1; i <= count; i++) {
    flood.text(`{"op":"publish","ref":${i},"room":"flood","type":"note","data":"${large}"}`);
    await flood.drained();
    if (i % 200 > 0) continue;
    most = Math.max(most, residentMemory(server.pid));
    eren.send(`word ${i}`);
    await eren.said(`word ${i}`);
  }
  const replies = () => flood.texts.flatMap((text) => JSON.parse(text) as { ref: number; offset?: number });
  await flood.frames.when(() => replies().length > count, "all of its replies");
  most = Math.max(most, residentMemory(server.pid));
  expect(
    replies()
      .slice(1)
      .map(({ ref, offset }) => [ref, offset]),
  ).toEqual(Array.from({ length: count }, (_, i) => [i + 1, i + 1]));
  expect(most - start).toBeLessThan(400_000_000); // half of it is what the collector leaves for later
  flood.destroy();
});
