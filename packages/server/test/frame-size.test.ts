import { expect, test } from "bun:test";
import { LIMITS } from "@fanfare/protocol";
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
      expect(Math.max(...sizes)).toBeLessThanOrEqual(LIMITS.frameOut);
      expect(Math.max(...sizes)).toBeGreaterThan(100_000); // they do share frames
    }
  });
}
