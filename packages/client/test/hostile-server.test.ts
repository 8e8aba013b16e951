import { afterAll, beforeAll, expect, test } from "bun:test";
import { Fanfare, FanfareError } from "@fanfare/client";
import { openServer } from "@fanfare/testing/test-server";
import { hostileScene, PATIENT } from "./support/hostile-scene.ts";
import { MALFORMED_FRAMES, MESSAGE } from "./support/malformed-frames.ts";
import { ScriptedServer } from "./support/scripted-server.ts";
import { until } from "./support/until.ts";

let honest: Awaited<ReturnType<typeof openServer>>;
beforeAll(async () => {
  honest = await openServer();
});
afterAll(() => honest[Symbol.asyncDispose]());

test.each(Object.entries(MALFORMED_FRAMES))(
  "FRAME-4: a server that says %s does no harm",
  async (_, sayings) => {
    await Promise.all(sayings.map(survives));
  },
);

/** A client hears it from one server, and is as good as new at another. */
async function survives(saying: unknown): Promise<void> {
  const heardIt = Promise.withResolvers<void>();
  let isSaid = false;
  await using scene = await hostileScene(honest.url, async (peer) => {
    await peer.greet();
    await peer.admit();
    if (isSaid) return;
    isSaid = true;
    peer.text(typeof saying === "string" ? saying : JSON.stringify(saying));
    // It has heard that once it asks something after it, or goes.
    await Promise.race([peer.request("history"), peer.closed]).catch(() => {});
    heardIt.resolve();
  });
  await scene.room.join();
  const page = scene.room.history(); // answered at the latest by the honest server
  await heardIt.promise;
  const told = scene.messages.all;
  for (const { room } of told) expect(room).toBe("r");
  expect(told.map(({ offset }) => offset)).toEqual(told.map((_, i) => i + 1));
  expect({}).not.toHaveProperty("polluted");
  await scene.recovers();
  await page;
}

test("JOIN-3: offsets that are repeated or go back are not told again; one that leaves a gap is not believed", async () => {
  const cut = Promise.withResolvers<void>();
  await using scene = await hostileScene(honest.url, async (peer) => {
    await peer.greet();
    const { ref, after } = await peer.request("join");
    peer.send({ op: "ok", ref, room: "r", epoch: "e", offset: 9 });
    const say = (offset: number) =>
      peer.send({
        op: "message",
        room: "r",
        offset,
        id: `i.${offset}`,
        type: "note",
        from: "b",
        at: 1,
        data: offset,
      });
    if (after === undefined) {
      for (const offset of [3, 4, 4, 3, 1, 5, 5, 9]) say(offset);
      void peer.closed.then(cut.resolve);
    } else {
      expect(after).toEqual({ epoch: "e", offset: 5, id: "i.5" });
      for (const offset of [6, 7, 8, 9]) say(offset);
      peer.send({ op: "live", room: "r", offset: 9 });
    }
  });
  await scene.room.join();
  await cut.promise;
  expect(scene.messages.all.map(({ offset }) => offset)).toEqual([3, 4, 5, 6, 7, 8, 9]);
  expect(scene.room.position).toEqual({ epoch: "e", offset: 9 });
});

test("a hello that is never answered is given up, again and again", async () => {
  await using scene = await hostileScene(honest.url, () => {});
  const joining = scene.room.join();
  for (let time = 0; time < 3; time++) await (await scene.hostile.peers.next()).closed;
  expect(["offline", "connecting"]).toContain(scene.client.state.value.status);
  const recovering = scene.recovers();
  await joining;
  await recovering;
});

test("HELLO-1: a hello that is refused for good is told as what it is; one that may succeed later is tried again", async () => {
  await using server = new ScriptedServer(async (peer) => {
    const { ref } = await peer.request("hello");
    peer.send({ op: "error", ref, code: 102, name: "bad_request", message: "not that name", retry: false });
  });
  await using client = new Fanfare(server.url, PATIENT);
  const refused = await client.connect().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(FanfareError);
  expect(refused).toMatchObject({ code: "bad_request", number: 102, message: "not that name" });
  expect(client.state.value).toMatchObject({
    status: "closed",
    reason: { code: 102, message: "not that name" },
  });
  expect(server.peers.all.length).toBe(1);

  let times = 0;
  await using busy = new ScriptedServer(async (peer) => {
    if (++times === 3) return peer.greet();
    const { ref } = await peer.request("hello");
    peer.send({ op: "error", ref, code: 600, name: "unavailable", message: "later", retry: true });
  });
  await using patient = new Fanfare(busy.url, PATIENT);
  await patient.connect();
  expect(times).toBe(3);
});

test("a hello that is answered with something else is not believed", async () => {
  const answers = [{}, { connection: 1 }, { connection: "c", user: null }, { connection: "c", user: "u" }];
  await using scene = await hostileScene(honest.url, async (peer) => {
    const { ref } = await peer.request("hello");
    peer.text(JSON.stringify({ op: "ok", ref, ...answers.shift() }));
  });
  const joining = scene.room.join();
  while (answers.length > 0) await (await scene.hostile.peers.next()).closed;
  const recovering = scene.recovers();
  await joining;
  await recovering;
});

test("replies that never come: the client goes on with another connection, and nothing is lost", async () => {
  await using scene = await hostileScene(honest.url, async (peer) => {
    await peer.greet();
    await peer.admit();
  });
  await scene.room.join();
  const publishing = scene.room.publish("note", "unanswered");
  const page = scene.room.history();
  const peer = await scene.hostile.peers.next();
  for (const asked of ["publish", "history"]) {
    await peer.requests.when(() => peer.requests.all.some(({ op }) => op === asked));
  }
  await peer.closed; // a heartbeat without an answer
  const recovering = scene.recovers();
  expect((await publishing).offset).toBeGreaterThan(0);
  expect((await page).messages.length).toBeGreaterThanOrEqual(0);
  await recovering;
});

test("a reply of another shape fails its own request alone", async () => {
  await using scene = await hostileScene(honest.url, async (peer) => {
    await peer.greet();
    await peer.admit();
    const { ref } = await peer.request("history");
    peer.text(JSON.stringify({ op: "ok", ref, room: "r", messages: "none" }));
    const { ref: second } = await peer.request("history");
    peer.send({ op: "ok", ref: second, room: "r", epoch: "e", oldest: 1, newest: 0, messages: [] });
  });
  await scene.room.join();
  const refused = await scene.room.history().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(FanfareError);
  expect(refused).toMatchObject({ code: "bad_answer" });
  expect((await scene.room.history()).messages).toEqual([]);
});

test("a publish that is answered with something else is not taken for kept", async () => {
  await using scene = await hostileScene(honest.url, async (peer) => {
    await peer.greet();
    await peer.admit();
    const { ref } = await peer.request("publish");
    peer.text(JSON.stringify({ op: "ok", ref, offset: "first" }));
  });
  await scene.room.join();
  const publishing = scene.room.publish("note", "kept?").then(
    ({ offset }) => offset,
    (error: unknown) => error,
  );
  const [peer] = scene.hostile.peers.all;
  await peer?.closed;
  const recovering = scene.recovers();
  expect(await publishing).toBeGreaterThan(0);
  await recovering;
});

test("binary frames are none", async () => {
  const gone = Promise.withResolvers<void>();
  await using scene = await hostileScene(honest.url, async (peer) => {
    await peer.greet();
    await peer.admit();
    peer.bytes(new TextEncoder().encode(JSON.stringify(MESSAGE)));
    await peer.closed;
    gone.resolve();
  });
  await scene.room.join();
  await gone.promise;
  await scene.recovers();
});

test("a server that says one nonsense after the other is met by longer and longer delays", async () => {
  await using server = new ScriptedServer(async (peer) => {
    await peer.greet();
    peer.text("nonsense");
  });
  await using client = new Fanfare(server.url, { backoff: { min: 1, max: 1_000_000 } });
  const attempts: number[] = [];
  client.state.listen((state) => {
    if (state.status === "offline") attempts.push(state.attempt);
  });
  const connecting = client.connect().catch(() => {});
  await until(client.state, (state) => state.status === "offline" && state.attempt >= 6);
  expect(attempts.slice(0, 6)).toEqual([1, 2, 3, 4, 5, 6]);
  await client.close();
  await connecting;
});
