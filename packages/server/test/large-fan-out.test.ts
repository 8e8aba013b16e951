import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { SUBPROTOCOL } from "@fanfare/protocol";
import { NativeClient } from "@fanfare/testing/native-client";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";

const MIB = 1024 * 1024;
const MEMBERS = 500;
const FRAME = 16 * MIB;
const BOUND = 256 * MIB;

test("FLOW-4 LIMIT-10: 500 members and frames of 16 MiB cost the node no more memory than its bound", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(
    data.path,
    "--limits-frame-in=16MiB",
    "--limits-frame-out=16MiB",
    "--limits-waiting-per-client=32MiB",
    "--limits-uncommitted-per-connection=32MiB",
    `--limits-waiting-per-node=${BOUND / MIB}MiB`,
  );
  const publisher = await NativeClient.connect(server.url, "Publisher");
  const message = "x".repeat(FRAME - 1_000);
  const publish = (room: string) => publisher.publish(room, "note", message);
  for (let i = 0; i < 3; i++) await publish("nobody is here");
  const before = highestMemory(server.pid);

  const members: RawSocket[] = [];
  for (let i = 0; i < MEMBERS; i++) members.push(await stalledMember(server.url));
  for (let i = 0; i < 3; i++) expect(await publish("busy")).toMatchObject({ offset: i + 1 });
  // What publishing itself takes for a moment depends on when garbage is collected: a few frames more or less.
  expect(highestMemory(server.pid) - before).toBeLessThan(BOUND + 8 * FRAME);
  for (const each of members) each.destroy();

  const resumed = await NativeClient.connect(server.url, "Resumed");
  await resumed.follow("busy", { after: { epoch: "", offset: 2 } });
  expect(resumed.messages.length).toBeGreaterThan(0);
  expect(resumed.messages.every(({ data }) => data === message)).toBe(true);
});

/** A member of the room that reads nothing. */
async function stalledMember(server: URL): Promise<RawSocket> {
  const raw = await RawSocket.open(server, "/ws", SUBPROTOCOL);
  raw.text('[{"op":"hello","ref":1},{"op":"join","ref":2,"room":"busy"}]');
  await raw.frames.when(() => raw.texts.some((text) => text.includes('"op":"live"')));
  raw.stall();
  return raw;
}

/** Bytes that were resident at the most so far. */
function highestMemory(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}
