import { expect, test } from "bun:test";
import { Fanfare, FanfareError, type OutboxChange, type OutboxStore } from "@fanfare/client";
import { NativeClient } from "@fanfare/testing/native-client";
import { CrashingStore } from "./support/crashing-store.ts";
import { roomMailbox } from "./support/room-mailbox.ts";
import { openScene } from "./support/scene.ts";
import { until } from "./support/until.ts";

const EMPTY = { next: new Map<string, number>(), waiting: [] };

/** A store that does what the test says, save by save. */
function storeOf(save: (changes: readonly OutboxChange[]) => void | Promise<void>): OutboxStore {
  return { durable: true, load: () => EMPTY, save, close: () => {} };
}

const isPut = ({ kind }: OutboxChange) => kind === "put";

test("nothing is sent before the store has it", async () => {
  await using scene = await openScene();
  const saving = Promise.withResolvers<void>();
  const saved = Promise.withResolvers<void>();
  const outbox = storeOf((changes) => {
    if (!changes.some(isPut)) return;
    saving.resolve();
    return saved.promise;
  });
  const { client } = await scene.guest("ada", { outbox });
  const witness = await NativeClient.connect(scene.url, "witness");
  await witness.follow("r");
  await client.connect();
  const publishing = client.room("r").publish("note", 1);
  await saving.promise;
  await client.room("r").history(); // it would have gone before this
  expect(witness.messages).toEqual([]);
  expect(client.outbox.value).toMatchObject({ pending: 1, durable: true });
  saved.resolve();
  expect((await publishing).offset).toBe(1);
  await witness.close();
});

test("what cannot be stored is refused, and what follows is kept", async () => {
  await using scene = await openScene();
  const full = new Error("the disk is full");
  let isFull = true;
  const outbox = storeOf((changes) => {
    if (isFull && changes.some(isPut)) throw full;
  });
  const { client } = await scene.guest("ada", { outbox });
  const refused = await client
    .room("r")
    .publish("note", 1)
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(FanfareError);
  expect(refused).toMatchObject({ code: "outbox_failed", retry: true, cause: full });
  expect(client.outbox.value.pending).toBe(0);
  isFull = false;
  expect((await client.room("r").publish("note", 2)).offset).toBe(1);
});

test("a store that cannot be read is done without, and the state says so", async () => {
  await using scene = await openScene();
  const outbox: OutboxStore = {
    ...storeOf(() => {}),
    load: () => Promise.reject(new Error("a private window")),
  };
  const errors: unknown[] = [];
  const { client } = await scene.guest("ada", { outbox, onError: (error) => errors.push(error) });
  expect((await client.room("r").publish("note", 1)).offset).toBe(1);
  expect(client.outbox.value.durable).toBe(false);
  expect(errors).toMatchObject([{ code: "outbox_failed", cause: { message: "a private window" } }]);
});

test("ONCE-1: kept, acknowledgement lost, program gone: the next one has it in its local echo, and it is kept once", async () => {
  await using scene = await openScene();
  const store = new CrashingStore(() => 0);
  const life = store.open();
  const { client, network } = await scene.guest("ada", { outbox: life });
  const witness = await NativeClient.connect(scene.url, "witness");
  await witness.follow("r");
  await client.connect();
  network.stall("down");
  void client.room("r").publish("note", "first", { listKey: "my-key" });
  await witness.received(1);
  life.crash(false);
  network.refuse();
  network.cut("reset");

  const { client: next, network: later } = await scene.guest("ada", { outbox: store.open() });
  later.refuse();
  const room = next.room("r");
  const messages = roomMailbox(room);
  const joining = room.join();
  expect(await until(room.outgoing, ({ length }) => length === 1)).toMatchObject([
    { key: "my-key", type: "note", data: "first", status: "pending" },
  ]);
  later.admit();
  await joining;
  await next.flush();
  await room.publish("note", "second");
  await messages.when(() => messages.all.length > 0);
  await until(room.outgoing, ({ length }) => length === 0);
  expect((await witness.log("r")).map(({ data }) => data)).toEqual(["first", "second"]);
  await witness.close();
  await client.close({ flush: 0 }); // its network is gone
});

test("what one user left in an outbox is never published as another", async () => {
  await using scene = await openScene();
  const store = new CrashingStore(() => 0);
  const { client } = await scene.guest("ada", { outbox: store.open() });
  const room = client.room("r");
  await room.publish("note", "by ada");
  const { client: other, network } = await scene.guest("ada", { outbox: store.open() });
  await other.connect();
  network.stall("up");
  network.refuse();
  void other.room("r").publish("note", "unsent");
  await until(other.outbox, ({ pending }) => pending === 1);
  network.cut("reset");
  await until(other.state, ({ status }) => status === "offline");
  const stored = () => store.stored.some(({ data }) => data === "unsent");
  while (!stored()) await Bun.sleep(1); // a save is under way
  const { client: bo } = await scene.guest("bo", { outbox: store.open() });
  await bo.connect();
  expect((await bo.room("r").publish("note", "by bo")).offset).toBe(2);
  await bo.flush();
  const { messages } = await bo.room("r").history();
  expect(messages.map(({ from, data }) => `${from}: ${data}`)).toEqual(["ada: by ada", "bo: by bo"]);
  await other.close({ flush: 0 }); // its network is gone
});

test("flush waits for what was published in the same breath, the first time and later", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const witness = await NativeClient.connect(scene.url, "witness");
  for (let i = 1; i <= 20; i++) {
    const room = client.room(`r${i}`);
    void room.publish("note", 1);
    void room.publish("note", 2);
    await client.flush();
    expect(client.outbox.value.pending).toBe(0);
    expect((await witness.log(room.name)).length).toBe(2);
  }
  await witness.close();
  await using unopened = new Fanfare(scene.url);
  await unopened.flush();
});

test("ONCE-1, ONCE-6: where one room knows nothing of the publisher, what others may have kept is found out about first", async () => {
  await using scene = await openScene();
  const publisher = "0f8fad5bd9cb469fa165";
  const earlier = await NativeClient.connect(scene.url, "ada", { publisher });
  // As many as may be on their way are kept, and the page went before it heard of any.
  for (let n = 1; n <= 64; n++) await earlier.publish("kept", "note", n, { n });
  const left = (room: string, data: number) => ({ room, type: "note", data, key: `${room} ${data}`, at: 0 });
  const waiting = [left("forgotten", 5), ...Array.from({ length: 64 }, (_, i) => left("kept", i + 1))].map(
    (publish, i) => ({ serial: i + 1, ...publish }),
  );
  const store: OutboxStore = {
    durable: true,
    load: () => ({ publisher, user: "ada", next: new Map([["forgotten", 5]]), waiting }),
    save: () => {},
    close: () => {},
  };
  const { client } = await scene.guest("ada", { outbox: store });
  await client.flush();
  expect((await earlier.log("forgotten")).map(({ data }) => data)).toEqual([5]);
  expect((await earlier.log("kept")).map(({ data }) => data)).toEqual(
    waiting.slice(1).map(({ data }) => data),
  );
  await earlier.close();
});
