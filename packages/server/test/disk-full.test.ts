import { expect, test } from "bun:test";
import { ChatClient } from "@fanfare/testing/chat-client";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { SmallDisk } from "./support/small-disk.ts";

const FILLER = "x".repeat(40_000);
const UNTESTED =
  "UNTESTED: that a full disk makes no false acknowledgement, and is recovered from. Nothing can be mounted here: run this as root, or where unprivileged user namespaces are allowed.";

using probe = scratchDirectory();
const able = await SmallDisk.open(probe.path, 1);
await able?.[Symbol.asyncDispose]();
if (able === undefined) {
  if (process.env.CI !== undefined) throw new Error(UNTESTED);
  console.error(UNTESTED);
}

test.skipIf(able === undefined)(
  "KEEP-1 KEEP-3 KEEP-4 CHAT-8 HTTP-1: a disk filled by publishes and freed again: no false acknowledgement, reads go on, writes resume without a restart",
  async () => {
    using directory = scratchDirectory();
    const disk = await SmallDisk.open(directory.path, 16);
    if (disk === undefined) throw new Error(UNTESTED);
    await using _disk = disk;
    await disk.fill("ballast", 8);
    const acknowledged: string[] = [];
    const greeting = { publisher: "outbox-of-armin-0" };
    {
      await using server = await ServerProcess.startBy(disk.by, directory.path);
      const armin = await NativeClient.connect(server.url, "Armin", greeting);
      const member = await NativeClient.connect(server.url, "Member");
      await member.follow("r");
      const health = async () => (await fetch(new URL("/health", server.url))).status;
      const publish = async () => {
        const n = acknowledged.length + 1;
        const text = `${n} ${FILLER}`;
        const reply = await armin.request({ op: "publish", room: "r", type: "note", data: text, n });
        if (reply.op !== "error") {
          expect(reply).toMatchObject({ op: "ok", offset: n });
          acknowledged.push(text);
        }
        return reply;
      };

      for (let round = 1; round <= 2; round++) {
        let reply = await publish();
        for (let i = 0; i < 500 && reply.op !== "error"; i++) reply = await publish();
        expect(reply).toMatchObject({ op: "error", name: "unavailable", code: 600, retry: true });
        await server.printed(new RegExp(`(engine\\.unavailable[^]*){${round}}`));
        expect(await health()).toBe(503);

        // Again and again, and of every size: what is refused is not kept, what is acknowledged is.
        for (let i = 0; i < 5; i++) await publish();
        expect(await armin.log("r").then((log) => log.map(({ data }) => data))).toEqual(acknowledged);
        const eren = await ChatClient.enter(server.url, `room${round}`, "Eren");
        eren.send(FILLER);
        const farewell = await eren.closed;
        expect([farewell.code, farewell.reason]).toEqual([1013, expect.stringMatching(/./)]);

        if (round === 1) {
          disk.free("ballast");
          await server.printed(/engine\.recovered/);
          expect(await health()).toBe(200);
          expect((await publish()).op).toBe("ok");
        }
      }
      await member.received(acknowledged.length);
      expect(member.messages.map(({ data }) => data)).toEqual(acknowledged);
      await server.end("SIGKILL");
    }
    await using server = await ServerProcess.startBy(disk.by, directory.path);
    const reader = await NativeClient.connect(server.url, "reader");
    expect((await reader.log("r")).map(({ data }) => data)).toEqual(acknowledged);
    expect((await reader.history("chat:room1")).messages).toEqual([]);
  },
);
