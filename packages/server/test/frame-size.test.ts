import { expect, test } from "bun:test";
import { NativeClient } from "@fanfare/testing/native-client";
import { openServer } from "@fanfare/testing/test-server";

for (const [what, letter, count] of [
  ["one byte", "x", 60_000],
  ["three bytes", "日", 20_000],
  ["four bytes", "🎺", 15_000],
] as const) {
  test(`FRAME-7: frames of characters of ${what} stay below 256 KiB, live and in a replay`, async () => {
    await using server = await openServer();
    const live = await NativeClient.connect(server.url, "Live");
    await live.follow("r");
    const publisher = await NativeClient.connect(server.url, "Publisher");
    const text = letter.repeat(count);
    await Promise.all(Array.from({ length: 30 }, () => publisher.publish("r", "note", text)));
    await live.received(30);
    const late = await NativeClient.connect(server.url, "Late");
    await late.follow("r", { history: 1000 });
    expect(late.messages).toHaveLength(30);
    for (const client of [live, late]) {
      const sizes = client.socket.frames.all.map((frame) => Buffer.byteLength(frame));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(256 * 1024);
      expect(Math.max(...sizes)).toBeGreaterThan(100_000); // they do share frames
    }
  });
}

test("FRAME-7 LIMIT-10: a batch is as large as is configured, live and in a replay", async () => {
  const frameOut = 20_000;
  await using server = await openServer({ limits: { frameOut } });
  const live = await NativeClient.connect(server.url, "Live");
  await live.follow("r");
  const publisher = await NativeClient.connect(server.url, "Publisher");
  await Promise.all(Array.from({ length: 60 }, () => publisher.publish("r", "note", "x".repeat(3_000))));
  await live.received(60);
  const late = await NativeClient.connect(server.url, "Late");
  await late.follow("r", { history: 1000 });
  expect(late.messages).toHaveLength(60);
  for (const client of [live, late]) {
    const sizes = client.socket.frames.all.map((frame) => Buffer.byteLength(frame));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(frameOut);
    expect(Math.max(...sizes)).toBeGreaterThan(frameOut / 2);
  }
});
