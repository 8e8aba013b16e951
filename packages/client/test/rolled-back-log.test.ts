import { expect, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fanfare, type Reset } from "@fanfare/client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { roomMailbox } from "./support/room-mailbox.ts";

/** The files of a directory, to be put back into the same files: as a snapshot of a disk does. */
function snapshotOf(directory: string): () => void {
  const files = readdirSync(directory).map(
    (name) => [join(directory, name), readFileSync(join(directory, name))] as const,
  );
  return () => {
    const known = new Set(files.map(([path]) => path));
    for (const name of readdirSync(directory))
      if (!known.has(join(directory, name))) rmSync(join(directory, name));
    for (const [path, bytes] of files) writeFileSync(path, bytes);
  };
}

async function publish(server: ServerProcess, ...texts: string[]): Promise<void> {
  await using client = new Fanfare(server.url, { user: "ada", outbox: "memory" });
  for (const text of texts) await client.room("r").publish("note", text);
}

test("JOIN-9 GAP-1: a client that comes back to a log that was rolled back with its mark, and has grown since, is reset", async () => {
  using data = scratchDirectory();
  const first = await ServerProcess.start(data.path);
  await publish(first, "1", "2");
  await first.end("SIGTERM");
  const rollBack = snapshotOf(data.path);

  const second = await ServerProcess.start(data.path, "--port", first.url.port);
  await using client = new Fanfare(second.url, {
    user: "bob",
    outbox: "memory",
    backoff: { min: 1, max: 50 },
  });
  const room = client.room("r", { history: 10 });
  const messages = roomMailbox(room);
  const resets: Reset[] = [];
  room.on("reset", (reset) => resets.push(reset));
  await room.join();
  await publish(second, "old 3");
  await messages.when(() => messages.all.length === 3);
  await second.end("SIGKILL");
  rollBack();

  // On another port first: the client must not be back before the log has grown.
  const third = await ServerProcess.start(data.path);
  await publish(third, "new 3", "new 4");
  await third.end("SIGTERM");
  await using fourth = await ServerProcess.start(data.path, "--port", first.url.port);
  await messages.when(() => messages.all.at(-1)?.data === "new 4");
  expect(resets).toMatchObject([{ reason: "epoch", oldest: 1, newest: 4 }]);
  expect(messages.all.slice(3).map(({ data }) => data)).toEqual(["1", "2", "new 3", "new 4"]);
  expect(fourth.url.port).toBe(first.url.port);
});
