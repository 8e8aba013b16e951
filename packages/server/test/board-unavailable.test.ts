import { expect, test } from "bun:test";
import { startOnFullDisk } from "@fanfare/testing/full-disk";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";

test("PLAIN-1 KEEP-3: on a full disk who puts something up or feeds is closed with 1013, and nobody else is", async () => {
  using data = scratchDirectory();
  await using server = await startOnFullDisk(data.path, 2_048);
  const open = (path: string) => WebSocketClient.open(path, server.url, path);
  const [boardReader, feedReader] = [await open("/board?history=0"), await open("/feed")];
  const filler = "x".repeat(50_000);
  const fill = async (path: string, frame: string) => {
    const publisher = await open(path);
    let shown = 0;
    while (publisher.open && shown < 200) {
      publisher.send(frame);
      await Promise.race([
        publisher.frames.take(1).then(
          () => shown++,
          () => {},
        ),
        publisher.closed,
      ]);
    }
    expect(await publisher.closed).toEqual({
      code: 1013,
      reason: "The log cannot be written or read right now; try again.",
    });
    return shown;
  };
  const put = await fill("/board?history=0", JSON.stringify({ filler }));
  expect(put).toBeGreaterThan(5);
  const fed = await fill("/feed", JSON.stringify({ content: filler }));
  await boardReader.frames.take(put);
  expect(boardReader.frames.all).toHaveLength(put);
  await feedReader.frames.take(fed);
  expect([boardReader.open, feedReader.open]).toEqual([true, true]);
  const again = await open("/board");
  expect(await again.frames.take(put)).toEqual([...boardReader.frames.all]);
});
