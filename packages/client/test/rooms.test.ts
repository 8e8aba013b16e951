import { expect, test } from "bun:test";
import { Fanfare, FanfareError, type Live } from "@fanfare/client";
import { Mailbox } from "@fanfare/testing/mailbox";
import { type AnyMessage, roomMailbox } from "./support/room-mailbox.ts";
import { openScene } from "./support/scene.ts";
import { until } from "./support/until.ts";

const offsets = (messages: readonly AnyMessage[]) => messages.map(({ offset }) => offset);

test("JOIN-2: a join asks for so much of the past, and then hears what happens", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const { client: other } = await scene.guest("bo");
  for (let i = 1; i <= 5; i++) await other.room("r").publish("note", i);

  const room = client.room("r", { history: 2 });
  const messages = roomMailbox(room);
  expect(room.state.value.status).toBe("idle");
  const joining = room.join();
  expect(room.state.value.status).toBe("joining");
  await joining;
  expect(room.state.value.status).toBe("live");
  expect(offsets(messages.all)).toEqual([4, 5]);
  expect(room.position).toMatchObject({ offset: 5 });
  const { epoch } = await other.room("r").publish("note", { six: [6] });
  const message = await messages.next(({ offset }) => offset === 6);
  expect(message).toMatchObject({ room: "r", offset: 6, type: "note", from: "bo", data: { six: [6] } });
  expect(message.at).toBeGreaterThan(0);
  expect(message.key).toBe(message.id);
  expect(room.position).toEqual({ epoch, offset: 6 });
});

test("the same room for the same name; other options for one that is joined are a mistake that is told at once", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const room = client.room("r", { history: 2 });
  expect(client.room("r", { history: 2 })).toBe(room);
  expect(client.room("r")).toBe(room);
  await room.join();
  expect(() => client.room("r", { history: 3 })).toThrow(TypeError);
  expect(() => client.pattern("orders")).toThrow(TypeError);
});

test("NAME-1: names that are none are refused, by join and by publish", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  for (const name of ["", "x".repeat(129), "a\nb", "a*b"]) {
    const room = client.room(name);
    expect(await room.join().catch((error: unknown) => error)).toMatchObject({ code: "bad_request" });
    expect(await room.publish("note", 1).catch((error: unknown) => error)).toMatchObject({
      code: "bad_request",
    });
  }
  await client.room("r").join();
});

test("joining twice is joining once", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const room = client.room("r");
  await Promise.all([room.join(), room.join()]);
  await room.join();
  await room.publish("note", 1);
  expect(room.state.value.status).toBe("live");
});

test("JOIN-3: after every kind of break the listener goes on where it was, each message once", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  const { client: other } = await scene.guest("bo");
  const room = client.room("r");
  const messages = roomMailbox(room);
  const lives: Live[] = [];
  room.on("live", (live) => lives.push(live));
  await room.join();
  let published = 0;
  for (const how of ["reset", "fin"] as const) {
    network.refuse();
    network.cut(how);
    await until(client.state, ({ status }) => status === "offline");
    expect(room.state.value.status).toBe("joining");
    for (let i = 0; i < 3; i++) await other.room("r").publish("note", ++published);
    network.admit();
    await messages.when(() => messages.all.length === published);
    await until(room.state, ({ status }) => status === "live");
    expect(lives.at(-1)).toEqual({ offset: published, messages: 3 });
  }
  await room.publish("note", ++published);
  await messages.when(() => messages.all.length === published);
  expect(offsets(messages.all)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test("JOIN-4: a filter lets through messages of its types alone, also over a break", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  const { client: other } = await scene.guest("bo");
  const room = client.room("r", { types: ["note"], history: 10 });
  const messages = roomMailbox(room);
  await other.room("r").publish("other", 1);
  await other.room("r").publish("note", 2);
  await room.join();
  network.refuse();
  network.cut("reset");
  for (const type of ["other", "note", "other"]) await other.room("r").publish(type, 3);
  network.admit();
  await messages.when(() => messages.all.length === 2);
  await other.room("r").publish("note", 4);
  await messages.when(() => messages.all.length === 3);
  expect(offsets(messages.all)).toEqual([2, 4, 6]);
});

test("two rooms over one connection do not disturb each other", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  const one = client.room("one");
  const two = client.room("two");
  const [first, second] = [roomMailbox(one), roomMailbox(two)];
  await Promise.all([one.join(), two.join()]);
  for (let i = 1; i <= 10; i++) void (i % 2 === 0 ? one : two).publish("note", i);
  await client.flush();
  await first.when(() => first.all.length === 5);
  await second.when(() => second.all.length === 5);
  expect(first.all.map(({ data }) => data)).toEqual([2, 4, 6, 8, 10]);
  expect(second.all.map(({ data }) => data)).toEqual([1, 3, 5, 7, 9]);
  expect(network.accepted).toBe(1);
  await one.leave();
  await two.publish("note", 11);
  await second.when(() => second.all.length === 6);
});

test("who leaves hears nothing more, and who joins again begins anew", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const { client: other } = await scene.guest("bo");
  const room = client.room("r");
  const messages = roomMailbox(room);
  await room.join();
  await other.room("r").publish("note", 1);
  await messages.when(() => messages.all.length === 1);
  await room.leave();
  await room.leave();
  expect(room.state.value.status).toBe("left");
  await other.room("r").publish("note", 2);
  await client.room("elsewhere").publish("note", 0); // and back: it would have come by now
  expect(messages.all.length).toBe(1);
  await room.join();
  await other.room("r").publish("note", 3);
  await messages.when(() => messages.all.length === 2);
  expect(offsets(messages.all)).toEqual([1, 3]);
});

test("who leaves while it joins, or while it is offline, is not brought back", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  const room = client.room("r");
  const messages = roomMailbox(room);
  const joining = room.join().catch((error: unknown) => error);
  await room.leave();
  expect(await joining).toBeInstanceOf(Error);
  await room.join();
  network.refuse();
  network.cut("reset");
  await until(client.state, ({ status }) => status === "offline");
  await room.leave();
  network.admit();
  await client.connect();
  // A join would be on its way by now, before this.
  await client.room("r").publish("note", 1);
  expect(messages.all).toEqual([]);
  expect(room.state.value.status).toBe("left");
});

test("JOIN-5: a join that is refused says why, and may be tried again", async () => {
  await using scene = await openScene({
    limits: { roomsPerConnection: 1 },
  });
  const { client } = await scene.guest("ada");
  await client.room("one").join();
  const two = client.room("two");
  const refused = await two.join().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(FanfareError);
  expect(refused).toMatchObject({ code: "too_many_rooms", number: 300, retry: false });
  expect(two.state.value).toMatchObject({ status: "refused", error: { code: "too_many_rooms" } });
  await client.room("one").leave();
  await two.join();
  expect(two.state.value.status).toBe("live");
});

test("a listener that throws is reported, and the others get everything", async () => {
  await using scene = await openScene();
  const fault = new Error("a listener's own");
  const reported: unknown[] = [];
  const { client } = await scene.guest("ada", { onError: (error) => reported.push(error) });
  const room = client.room("r");
  room.on("message", () => {
    throw fault;
  });
  const messages = roomMailbox(room);
  await room.join();
  await room.publish("note", 1);
  await room.publish("note", 2);
  await messages.when(() => messages.all.length === 2);
  expect(reported).toEqual([fault, fault]);
});

test("a listener ends by what on() gives back, or by a signal", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const room = client.room("r");
  const told: string[] = [];
  const controller = new AbortController();
  const off = room.on("message", () => told.push("first"));
  room.on("message", () => told.push("second"), { signal: controller.signal });
  room.on("message", () => told.push("never"), { signal: AbortSignal.abort() });
  const messages = roomMailbox(room);
  await room.join();
  for (let i = 1; i <= 3; i++) {
    await room.publish("note", i);
    await messages.when(() => messages.all.length === i);
    if (i === 1) off();
    else controller.abort();
  }
  expect(told).toEqual(["first", "second", "second"]);
});

test("EVENT-1: events come in order, and are dropped while the room is not live", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const { client: other } = await scene.guest("bo");
  const room = client.room("r");
  const events = new Mailbox<{ data: unknown }>("events");
  room.on("event", (event) => events.push(event));
  await room.join();
  const sender = other.room("r");
  sender.event("move", "too early");
  await sender.join();
  for (let i = 1; i <= 3; i++) sender.event("move", i);
  await events.when(() => events.all.length === 3);
  expect(events.all).toEqual([1, 2, 3].map((data) => ({ room: "r", type: "move", from: "bo", data })));
});

test("http, https, ws and wss addresses, with and without a path", async () => {
  await using scene = await openScene();
  for (const url of [
    scene.url.href,
    scene.url.href.replace("http", "ws"),
    new URL("/ws", scene.url),
    new URL("/ws/lobby?x=1", scene.url),
  ]) {
    await using client = new Fanfare(url, { user: "ada" });
    await client.connect();
  }
  for (const wrong of ["ftp://example.com", "no address", ""]) {
    await using client = new Fanfare(wrong);
    expect(await client.connect().catch((error: unknown) => error)).toMatchObject({ code: "invalid_url" });
  }
});
