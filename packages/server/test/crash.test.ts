import { expect, test } from "bun:test";
import type { HistoryReply } from "@fanfare/protocol";
import { IdempotentPublisher } from "@fanfare/testing/idempotent-publisher";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { SeededRandom } from "@fanfare/testing/seeded-random";
import { ServerProcess } from "@fanfare/testing/server-process";
import { ResumingMember } from "./support/resuming-member.ts";

const ROUNDS = 10;

test("KEEP-1 KEEP-2 ONCE-1 ONCE-2 ONCE-5 ORDER-2 ORDER-3 JOIN-3 ROOM-5: kill -9 in the middle of acknowledged publishes loses nothing, doubles nothing, and resumes exactly", async () => {
  const random = new SeededRandom("crash");
  using data = scratchDirectory();
  let acknowledged = 0;
  let enough = Promise.withResolvers<void>();
  let goal = 0;
  const count = () => {
    if (++acknowledged >= goal) enough.resolve();
  };

  const rooms = ["chat:crash", "orders"];
  const publishers = rooms.flatMap((room) => [
    new IdempotentPublisher(`numbers-in-${room.replace(":", "-")}`, room, "number", ["chat", "note"], count),
    new IdempotentPublisher(`ids-in-${room.replace(":", "-")}`, room, "id", ["note"], count),
    new IdempotentPublisher(`nothing-in-${room.replace(":", "-")}`, room, "nothing", ["chat"], count),
  ]);
  const members = rooms.flatMap((room) => [
    new ResumingMember(`all of ${room}`, room),
    new ResumingMember(`notes of ${room}`, room, ["note"]),
  ]);

  for (let round = 0; round < ROUNDS; round++) {
    await using server = await ServerProcess.start(data.path);
    await Promise.all(members.map((member) => member.resume(server.url)));
    goal = acknowledged + random.between(1, 4000);
    enough = Promise.withResolvers<void>();
    const runs = publishers.map((publisher) => publisher.run(server.url));
    await enough.promise;
    expect(await server.end("SIGKILL")).toMatchObject({ signal: "SIGKILL" });
    await Promise.all([...runs, ...members.map(({ closed }) => closed)]);
  }

  await using server = await ServerProcess.start(data.path);
  await Promise.all(members.map((member) => member.resume(server.url)));
  for (const publisher of publishers) publisher.stop();
  await Promise.all(publishers.map((publisher) => publisher.run(server.url)));
  const reader = await NativeClient.connect(server.url, "reader");

  for (const room of rooms) {
    const log = await reader.log(room);
    const texts = log.map(textOf);
    expect(log.map(({ offset }) => offset)).toEqual(log.map((_, i) => i + 1));
    expect(new Set(texts).size).toBe(texts.length);
    expect(new Set(log.map(({ id }) => id)).size).toBe(log.length);

    for (const publisher of publishers.filter((each) => each.room === room)) {
      expect(publisher.refusals).toEqual([]);
      const wrong = publisher.acknowledged.filter(({ draft, reply }) => {
        const record = log[reply.offset - 1];
        return record === undefined || record.id !== reply.id || textOf(record) !== draft.text;
      });
      expect(wrong).toEqual([]);

      const own = texts.filter((text) => text.startsWith(`${publisher.name} `));
      const published = publisher.drafts.map(({ text }) => text);
      if (publisher.recognised !== "nothing") {
        expect(own).toEqual(published); // every one, once, in the order of publishing
      } else {
        // Those without an answer may have been kept or not; the others are there, and all in order.
        const kept = new Set(own);
        expect(own).toEqual(published.filter((text) => kept.has(text)));
        for (const { draft } of publisher.acknowledged) expect(kept).toContain(draft.text);
      }
    }

    for (const member of members.filter((each) => each.room === room)) {
      const shown = log.filter(({ type }) => member.types?.includes(type) ?? true);
      await member.reached(shown.at(-1)?.offset ?? 0);
      expect(member.resets).toEqual([]);
      expect(member.messages.map(({ offset, id }) => `${offset} ${id}`)).toEqual(
        shown.map(({ offset, id }) => `${offset} ${id}`),
      );
    }
  }
  const retried = publishers.flatMap((each) => each.acknowledged).filter(({ reply }) => reply.duplicate);
  console.log(
    `crash: ${acknowledged} acknowledged over ${ROUNDS} kills, ${retried.length} of them to a retry`,
  );
  await server.end("SIGTERM");
});

function textOf({ data }: HistoryReply["messages"][number]): string {
  return (data as { text: string }).text;
}
