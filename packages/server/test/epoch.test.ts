/** One history, one epoch, as a client and an operator see it. */
import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";

test("ROOM-5 GAP-1: after a log lost its end, a client that knew more is reset, however far the log has got since", async () => {
  using data = scratchDirectory();
  let epoch = "";
  {
    await using server = await ServerProcess.start(data.path);
    const ada = await NativeClient.connect(server.url, "ada");
    for (let i = 1; i <= 50; i++) ({ epoch } = await ada.publish("r", "note", `old ${i}`));
    await server.end("SIGKILL");
  }
  rmSync(join(data.path, "fanfare.db-wal"));
  await using server = await ServerProcess.start(data.path);
  const ada = await NativeClient.connect(server.url, "ada");
  for (let i = 1; i <= 80; i++) await ada.publish("r", "note", `new ${i}`);
  const client = await NativeClient.connect(server.url, "bob");
  await client.follow("r", { after: { epoch, offset: 50 } });
  expect(client.frames.all.find(({ op }) => op === "reset")).toMatchObject({
    reason: "epoch",
    oldest: 1,
    newest: 80,
  });
  expect(client.messages.map(({ data }) => data)).toEqual(
    Array.from({ length: 80 }, (_, i) => `new ${i + 1}`),
  );
  await server.printed(/"level":"warn","event":"engine.new_epoch","reason":"[^"]+ lost its end/);
});
