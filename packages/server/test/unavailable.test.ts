import { expect, test } from "bun:test";
import { ChatClient } from "@fanfare/testing/chat-client";
import { startOnFullDisk } from "@fanfare/testing/full-disk";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";

test("KEEP-1 KEEP-3 CHAT-8 HTTP-1: on a full disk publishers are told, nobody else is harmed, and what was acknowledged is kept", async () => {
  using data = scratchDirectory();
  const kept: string[] = [];
  {
    await using server = await startOnFullDisk(data.path, 2_048);
    const eren = await ChatClient.enter(server.url, "room1", "Eren");
    const mikasa = await ChatClient.enter(server.url, "room1", "Mikasa");
    const armin = await NativeClient.connect(server.url, "Armin", { publisher: "outbox-of-armin-0" });
    await armin.follow("chat:room1", { presence: true });

    const filler = "x".repeat(50_000);
    let n = 1;
    for (; n < 1_000; n++) {
      const reply = await armin.request({
        op: "publish",
        room: "r",
        type: "note",
        data: `${n} ${filler}`,
        n,
      });
      if (reply.op === "error") {
        expect(reply).toMatchObject({ name: "unavailable", code: 600, retry: true });
        break;
      }
      kept.push(`${n} ${filler}`);
    }
    expect(kept.length).toBeGreaterThan(5);
    expect(kept.length).toBeLessThan(200);

    const health = await fetch(new URL("/health", server.url));
    expect(health.status).toBe(503);
    expect(await health.json()).toEqual({ status: "unavailable", reason: expect.any(String) });

    // Reads, presence and events go on; a chat message that cannot be kept closes its sender alone.
    expect((await armin.history("r", { limit: 1 })).messages[0]?.offset).toBe(kept.length);
    await armin.ok({ op: "event", room: "chat:room1", type: "wave", data: 1 });
    await armin.next(({ op }) => op === "event");
    mikasa.send(filler);
    const closed = await mikasa.closed;
    expect(closed.code).toBe(1013);
    expect(closed.reason).not.toBe("");
    await eren.next(({ type, username }) => type === "user_left" && username === "Mikasa");
    expect(eren.frames.some(({ type }) => type === "chat")).toBe(false);
    expect(armin.messages).toEqual([]);
    await server.end("SIGTERM");
  }
  await using server = await ServerProcess.start(data.path);
  const armin = await NativeClient.connect(server.url, "Armin", { publisher: "outbox-of-armin-0" });
  expect((await armin.log("r")).map(({ data: text }) => text)).toEqual(kept);
  const retried = { op: "publish", room: "r", type: "note", data: "there is room again" } as const;
  expect(await armin.request({ ...retried, n: kept.length + 1 })).toMatchObject({
    op: "ok",
    offset: kept.length + 1,
  });
  expect((await fetch(new URL("/health", server.url))).status).toBe(200);
});
