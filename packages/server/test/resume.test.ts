import { expect, test } from "bun:test";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { openServer } from "@fanfare/testing/test-server";
import { DEFAULT_POLICY } from "../src/config/policy.ts";

test("GAP-1: a position from the future or of another epoch is answered with reset, and then everything there is", async () => {
  await using server = await openServer();
  const armin = await NativeClient.connect(server.url, "Armin");
  for (let i = 1; i <= 5; i++) await armin.publish("r", "note", i);
  const { epoch } = await armin.join("r");
  for (const [reason, after] of [
    ["future", { epoch, offset: 6 }],
    ["future", { epoch, offset: Number.MAX_SAFE_INTEGER }],
    ["epoch", { epoch: "another", offset: 3 }],
    ["epoch", { epoch: "another", offset: 1_000 }],
  ] as const) {
    const client = await NativeClient.connect(server.url, "Mikasa");
    await client.follow("r", { after });
    const told = client.frames.all.filter(({ op }) => op !== "ok");
    expect(told[0]).toEqual({ op: "reset", room: "r", reason, epoch, oldest: 1, newest: 5 });
    expect(told.map(({ op }) => op)).toEqual(["reset", ...Array(5).fill("message"), "live"]);
    expect(client.messages.map(({ offset }) => offset)).toEqual([1, 2, 3, 4, 5]);
    await client.close();
  }
});

test("GAP-1 ROOM-3: a position that has been trimmed away is answered with reset and the oldest that is left", async () => {
  await using server = await openServer({
    policies: [{ ...DEFAULT_POLICY, history: { count: 10, ageMs: Number.POSITIVE_INFINITY } }],
  });
  const armin = await NativeClient.connect(server.url, "Armin");
  const { epoch } = await armin.publish("r", "note", 1);
  await Promise.all(Array.from({ length: 2_000 }, (_, i) => armin.publish("r", "note", i + 2)));
  const client = await NativeClient.connect(server.url, "Mikasa");
  await client.follow("r", { after: { epoch, offset: 1 } });
  const reset = client.frames.all.find(({ op }) => op === "reset");
  expect(reset).toMatchObject({ reason: "trimmed", epoch, newest: 2_001 });
  const oldest = reset?.op === "reset" ? reset.oldest : 0;
  expect(oldest).toBeGreaterThan(2);
  expect(client.messages.map(({ offset }) => offset)).toEqual(
    Array.from({ length: 2_001 - oldest + 1 }, (_, i) => oldest + i),
  );
});

test("ROOM-5 GAP-1: an epoch outlives a restart, also that of a room without messages; on another log it is another", async () => {
  using data = scratchDirectory();
  const epochs = async (server: ServerProcess) => {
    const client = await NativeClient.connect(server.url, "Armin");
    const told = [(await client.join("full")).epoch, (await client.join("empty")).epoch];
    await client.close();
    return told;
  };
  let before: string[];
  {
    await using server = await ServerProcess.start(data.path);
    const client = await NativeClient.connect(server.url, "Armin");
    await client.publish("full", "note", 1);
    before = await epochs(server);
    await server.end("SIGKILL");
  }
  {
    await using server = await ServerProcess.start(data.path);
    expect(await epochs(server)).toEqual(before);
    const resuming = await NativeClient.connect(server.url, "Mikasa");
    await resuming.follow("empty", { after: { epoch: before[1] ?? "", offset: 0 } });
    expect(resuming.frames.all.some(({ op }) => op === "reset")).toBe(false);
  }
  using other = scratchDirectory();
  await using server = await ServerProcess.start(other.path);
  const [full] = await epochs(server);
  expect(full).not.toBe(before[0]);
  const resuming = await NativeClient.connect(server.url, "Mikasa");
  await resuming.follow("full", { after: { epoch: before[0] ?? "", offset: 1 } });
  expect(resuming.frames.all.find(({ op }) => op === "reset")).toMatchObject({
    reason: "epoch",
    epoch: full,
  });
});
