/** A damaged page of the database, as clients and an operator see it. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { damageLeaf, damagePageWith } from "../src/engines/sqlite/fixtures/damaged-pages.ts";

test("GAP-3 GAP-4 GAP-5: a room with a damaged page is replayed around it, one that cannot be opened is refused, and a client's other rooms never notice", async () => {
  using data = scratchDirectory();
  {
    await using server = await ServerProcess.start(data.path);
    const ada = await NativeClient.connect(server.url, "ada");
    for (const room of ["part", "healthy", "whole"]) {
      await Promise.all(
        Array.from({ length: 1_000 }, (_, i) => ada.publish(room, "note", `${room} ${i + 1}.`)),
      );
    }
    await server.end("SIGTERM");
  }
  const file = join(data.path, "fanfare.db");
  damagePageWith(file, "part 500.");
  damageLeaf(file, "messages_by_offset", "last");

  await using server = await ServerProcess.start(data.path);
  const client = await NativeClient.connect(server.url, "bob");
  const { epoch } = await client.follow("healthy");
  for (let round = 0; round < 3; round++) {
    await client.follow("part", { after: { epoch, offset: 0 } });
    await client.ok({ op: "leave", room: "part" });
    await expect(client.join("whole", { history: 10 })).rejects.toThrow("damaged");
  }
  const resets = client.frames.all.filter(({ op }) => op === "reset");
  expect(resets).toHaveLength(3);
  expect(new Set(resets.map((frame) => JSON.stringify(frame))).size).toBe(1);
  const [reset] = resets;
  const oldest = reset?.op === "reset" ? reset.oldest : 0;
  const offsets = client.messages.filter(({ room }) => room === "part").map(({ offset }) => offset);
  expect(offsets.length).toBeGreaterThan(3 * 850);
  expect(offsets).toContain(oldest);
  expect(offsets).toContain(1_000);
  expect(offsets).not.toContain(500);

  await client.publish("healthy", "note", "still here");
  expect((await fetch(new URL("/health", server.url.origin.replace("ws", "http")))).status).toBe(200);
  for (const room of ["part", "whole"]) {
    await server.printed(new RegExp(`"event":"room.damaged","room":"${room}"`));
    expect(server.stdout.split(`"room.damaged","room":"${room}"`)).toHaveLength(2);
  }
});
