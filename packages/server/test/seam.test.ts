import { expect, test } from "bun:test";
import type { JoinReply, LiveFrame, MessageFrame, Position } from "@fanfare/protocol";
import { IdempotentPublisher } from "@fanfare/testing/idempotent-publisher";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { SeededRandom } from "@fanfare/testing/seeded-random";
import { ServerProcess } from "@fanfare/testing/server-process";

const ROOM = "seam";
const JOINS = 200;
/** Long texts make many small pieces of a replay, and each end of one is a chance to lose or double a message. */
const LONGEST = 5_000;
/** Members who come and go at the same time. */
const VISITORS = 10;

interface Visit {
  readonly asked: { readonly after: Position } | { readonly history: number } | "now";
  readonly types: readonly string[] | undefined;
  readonly reply: JoinReply;
  readonly live: LiveFrame;
  /** Messages that came before `live`. */
  readonly replayed: number;
  readonly messages: readonly MessageFrame[];
}

test("JOIN-1 JOIN-2 JOIN-3 JOIN-4 ORDER-1: 200 joins and resumes under full load, without a gap or a duplicate, all in one order", async () => {
  const random = new SeededRandom("seam");
  using data = scratchDirectory();
  // All clients share this thread with the publishers: who reads too slowly and is cut is another test's subject.
  await using server = await ServerProcess.start(data.path, "--limits-waiting-per-client", "64MiB");
  const types = ["a", "b", "c"];
  const publishers = Array.from(
    { length: 4 },
    (_, i) =>
      new IdempotentPublisher(
        `publisher-${i}`,
        ROOM,
        i % 2 === 0 ? "nothing" : "number",
        types,
        undefined,
        LONGEST,
      ),
  );
  const witness = await NativeClient.connect(server.url, "witness");
  await witness.follow(ROOM);
  const runs = publishers.map((publisher) => publisher.run(server.url));

  const visits: Visit[] = [];
  let left = JOINS;
  const visitor = async (name: string) => {
    let position: Position | undefined;
    while (left-- > 0) {
      const seen = witness.messages.length;
      await witness.received(seen + random.below(200)); // let the room move on
      const asked =
        position !== undefined && random.below(2) === 0
          ? { after: position }
          : random.pick([
              "now" as const,
              { history: random.below(301) },
              ...(position === undefined
                ? []
                : [{ after: { ...position, offset: Math.max(0, seen - random.below(400)) } }]),
            ]);
      const types = random.pick([undefined, undefined, ["a"], ["b", "c"]]);
      const visit = await visited(server.url, name, asked, types, random.below(100));
      visits.push(visit);
      position = {
        epoch: visit.reply.epoch,
        offset: visit.messages.at(-1)?.offset ?? visit.live.offset,
      };
    }
  };
  await Promise.all(Array.from({ length: VISITORS }, (_, i) => visitor(`visitor-${i}`)));
  for (const publisher of publishers) publisher.stop();
  await Promise.all(runs);
  const published = publishers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
  await witness.received(published);

  const log = witness.messages;
  expect(log.map(({ offset }) => offset)).toEqual(log.map((_, i) => i + 1));
  expect(publishers.flatMap(({ refusals }) => refusals)).toEqual([]);
  expect(visits).toHaveLength(JOINS);
  for (const visit of visits) verify(visit, log);
  console.log(`seam: ${published} messages under ${JOINS} joins`);
});

async function visited(
  server: URL,
  name: string,
  asked: Visit["asked"],
  types: Visit["types"],
  stay: number,
): Promise<Visit> {
  const client = await NativeClient.connect(server, name);
  const how = asked === "now" ? {} : asked;
  const joining = client.join(ROOM, { ...how, ...(types !== undefined && { types }) });
  const live = (await client.next(({ op }) => op === "live")) as LiveFrame;
  const replayed = client.frames.all.slice(0, client.frames.all.indexOf(live)).filter(isMessage).length;
  await client.received(replayed + stay);
  await client.terminate();
  expect(client.frames.all.filter(({ op }) => op === "reset")).toEqual([]);
  return { asked, types, reply: await joining, live, replayed, messages: client.messages };
}

/** What a visit was told is exactly a stretch of the log, begun where it was asked to begin. */
function verify(
  { asked, types, reply, live, replayed, messages }: Visit,
  log: readonly MessageFrame[],
): void {
  const shown = log.filter(({ type }) => types?.includes(type) ?? true);
  const begin =
    asked === "now"
      ? reply.offset
      : "after" in asked
        ? asked.after.offset
        : (messages[0]?.offset ?? live.offset + 1) - 1;
  const end = Math.max(messages.at(-1)?.offset ?? 0, live.offset);
  const expected = shown.filter(({ offset }) => offset > begin && offset <= end);
  expect(messages.map(told)).toEqual(expected.map(told));

  for (const { offset } of messages.slice(0, replayed)) expect(offset).toBeLessThanOrEqual(live.offset);
  for (const { offset } of messages.slice(replayed)) expect(offset).toBeGreaterThan(live.offset);
  if (asked !== "now" && "history" in asked) {
    const upTo = (bound: number) => shown.filter(({ offset }) => offset > begin && offset <= bound).length;
    const whole = shown.filter(({ offset }) => offset <= reply.offset).length;
    expect(upTo(reply.offset)).toBeLessThanOrEqual(asked.history);
    expect(upTo(live.offset)).toBeGreaterThanOrEqual(Math.min(asked.history, whole));
  }
}

function told({ offset, id, type, from, data }: MessageFrame): string {
  return `${offset} ${id} ${type} ${from} ${JSON.stringify(data)}`;
}

function isMessage({ op }: { readonly op: string }): boolean {
  return op === "message";
}
