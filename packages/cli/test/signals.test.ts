import { expect, test } from "bun:test";
import { connect } from "node:net";
import { CLOSE } from "@fanfare/protocol";
import { ChatClient } from "@fanfare/testing/chat-client";
import { IdempotentPublisher } from "@fanfare/testing/idempotent-publisher";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";

for (const [what, signals] of [
  ["SIGTERM", ["SIGTERM"]],
  ["SIGINT", ["SIGINT"]],
  ["SIGINT twice, as from a terminal through npm", ["SIGINT", "SIGINT"]],
  ["SIGTERM and SIGINT, several times", ["SIGTERM", "SIGINT", "SIGTERM", "SIGINT", "SIGTERM"]],
] as const) {
  test(`KEEP-1 ONCE-5 CLOSE-1: ${what} in the middle of publishes: clients get the close code, exit code 0, nothing lost, the data directory free`, async () => {
    using data = scratchDirectory();
    const enough = Promise.withResolvers<void>();
    const publisher = new IdempotentPublisher("outbox", "r", "number", ["note"], () => {
      if (publisher.acknowledged.length >= 500) enough.resolve();
    });
    {
      await using server = await ServerProcess.start(data.path);
      const eren = await ChatClient.enter(server.url, "room1", "Eren");
      const armin = await NativeClient.connect(server.url, "Armin");
      const run = publisher.run(server.url);
      await enough.promise;
      for (const signal of signals) server.kill(signal);
      expect(await eren.closed).toEqual(CLOSE.goingAway);
      expect(await armin.closed).toEqual(CLOSE.goingAway);
      expect(await server.exited).toEqual({ code: 0, signal: null });
      expect(server.stderr).toBe("");
      await run;
      await refused(server.url);
    }
    await using server = await ServerProcess.start(data.path);
    publisher.stop();
    await publisher.run(server.url);
    expect(publisher.refusals).toEqual([]);
    const reader = await NativeClient.connect(server.url, "reader");
    const log = await reader.log("r");
    expect(log.map(({ data: kept }) => kept)).toEqual(publisher.drafts.map(({ text }) => ({ text })));
    for (const { draft, reply } of publisher.acknowledged) {
      expect(log[reply.offset - 1]?.data).toEqual({ text: draft.text });
    }
  });
}

test("a server that was stopped lets go of its port, for the next one to take", async () => {
  using data = scratchDirectory();
  let port: string;
  {
    await using first = await ServerProcess.start(data.path);
    port = first.url.port;
    await NativeClient.connect(first.url, "Armin"); // a connection that the server closes
    await first.end("SIGTERM");
  }
  await using second = await ServerProcess.start(data.path, "--port", port);
  expect(second.url.port).toBe(port);
});

test("a signal that comes while it starts stops it, too", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path);
  server.kill("SIGTERM"); // right behind the line that says it is up
  expect(await server.exited).toEqual({ code: 0, signal: null });
});

/** Nothing listens there any more. */
function refused(server: URL): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(server.port), server.hostname);
    socket.on("error", () => resolve());
    socket.on("connect", () => reject(new Error(`${server} still answers`)));
  });
}
