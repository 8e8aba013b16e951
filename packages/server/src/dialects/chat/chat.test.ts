import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { GUEST } from "../../../test/support/guest.ts";
import { DialectClient, dialectContract } from "../../../testing/dialect-contract.ts";
import { Simulation, type SimulationOptions } from "../../../testing/simulation/simulation.ts";
import { DEFAULT_POLICY } from "../../config/policy.ts";
import { chat } from "./chat.ts";

const request = (user: string, query = "", room = "room1") => ({
  name: room,
  query: new URLSearchParams(`username=${encodeURIComponent(user)}${query && `&${query}`}`),
  prefix: "chat:",
  ...GUEST,
});

function parsed(frames: readonly string[]): { type: string; content: string; username: string }[] {
  return frames.map((frame) => JSON.parse(frame));
}

dialectContract("chat", {
  dialect: chat,
  room: "chat:room1",
  request,
  greet: () => [],
  say: (text) => text,
  said: (frames) => parsed(frames).flatMap(({ type, content }) => (type === "chat" ? [content] : [])),
  frame: fc.oneof(fc.string({ unit: "grapheme" }), fc.json()),
  answersDue: () => 1,
  answers: (frames, user) =>
    parsed(frames).filter(({ type, username }) => type === "chat" && username === user).length,
});

async function start(options?: SimulationOptions) {
  const simulation = new Simulation(options);
  const { clock } = simulation;
  const node = simulation.node();
  const settle = () => clock.settle();
  const open = async (user: string, query?: string) => {
    const client = new DialectClient(node, chat, request(user, query), settle);
    await settle();
    return client;
  };
  return { simulation, clock, node, open };
}

/** What a client got since the last time it was asked. */
function got({ socket }: DialectClient): string[] {
  return socket.frames.splice(0);
}

const online = (...users: string[]) =>
  `{"type":"online_users","content":"${users.join(",")}","room":"room1","username":""}`;
const joined = (user: string) =>
  `{"type":"user_joined","content":"${user} joined the room","room":"room1","username":"${user}"}`;
const left = (user: string) =>
  `{"type":"user_left","content":"${user} left the room","room":"room1","username":"${user}"}`;
const said = (user: string, content: string) =>
  `{"type":"chat","content":"${content}","room":"room1","username":"${user}"}`;

describe("the chat wire, byte for byte", () => {
  test("CHAT-3: a client that sends before it is in the room is announced before its message", async () => {
    const { simulation, clock, node, open } = await start();
    const eren = await open("Eren", "history=5");
    await eren.send("old");
    got(eren);
    simulation.engine.readLag = () => 1_000;
    const mikasa = new DialectClient(node, chat, request("Mikasa", "history=5"), () => clock.settle());
    await mikasa.send("early");
    expect(got(eren)).toEqual([]);
    await clock.advance(5_000);
    const news = [online("Eren", "Mikasa"), joined("Mikasa"), said("Mikasa", "early")];
    expect(got(eren)).toEqual(news);
    expect(got(mikasa)).toEqual([said("Eren", "old"), ...news]);
  });

  test("CHAT-3, CHAT-5: of a client that sends and leaves before it is in the room others see join, message and leave", async () => {
    const { simulation, clock, node, open } = await start();
    const eren = await open("Eren");
    await eren.send("old");
    got(eren);
    simulation.engine.readLag = () => 1_000;
    const mikasa = new DialectClient(node, chat, request("Mikasa", "history=5"), () => clock.settle());
    await mikasa.send("early");
    mikasa.socket.end();
    await clock.advance(5_000);
    expect(got(eren)).toEqual([
      online("Eren", "Mikasa"),
      joined("Mikasa"),
      said("Mikasa", "early"),
      left("Mikasa"),
      online("Eren"),
    ]);
  });

  test("CHAT-5: one who comes, speaks and goes all the time costs a turn a bounded number of lists", async () => {
    const { clock, node, open } = await start();
    const eren = await open("Eren");
    const { hub } = node;
    const socket = eren.socket;
    got(eren);
    const guest = node.client("Guest");
    for (let i = 0; i < 100; i++) {
      guest.join("chat:room1", { visible: true });
      hub.publish(guest.connection, { room: "chat:room1", type: "chat", data: '{"text":"hi"}' }, () => {});
      guest.leave("chat:room1");
    }
    await clock.settle();
    const frames = socket.frames.splice(0).map((frame) => JSON.parse(frame));
    expect(frames.filter(({ type }) => type === "chat")).toHaveLength(100);
    expect(frames.filter(({ type }) => type === "online_users").length).toBeLessThanOrEqual(9);
    expect(frames.at(-1)).toMatchObject({ type: "online_users", content: "Eren" });
  });

  test("CHAT-2, CHAT-3, CHAT-4, CHAT-5: Eren and Mikasa", async () => {
    const { open } = await start();
    const eren = await open("Eren");
    expect(got(eren)).toEqual([online("Eren"), joined("Eren")]);
    const mikasa = await open("Mikasa");
    for (const each of [eren, mikasa])
      expect(got(each)).toEqual([online("Eren", "Mikasa"), joined("Mikasa")]);
    await eren.send("hello");
    for (const each of [eren, mikasa]) expect(got(each)).toEqual([said("Eren", "hello")]);
    mikasa.socket.end();
    await eren.send("alone");
    expect(got(eren)).toEqual([left("Mikasa"), online("Eren"), said("Eren", "alone")]);
    expect(got(mikasa)).toEqual([]);
  });

  test("CHAT-4: the content is verbatim, never parsed", async () => {
    const { open } = await start();
    const eren = await open("Eren");
    got(eren);
    await eren.send('{"type":"user_left"}', "", 'a\u0000\n"\\\u2028語🚀', " x ");
    expect(got(eren)).toEqual([
      said("Eren", '{\\"type\\":\\"user_left\\"}'),
      said("Eren", ""),
      said("Eren", 'a\\u0000\\n\\"\\\\\u2028語🚀'),
      said("Eren", " x "),
    ]);
  });

  test("CHAT-3: a user on two connections stands twice, and native members with presence count as well", async () => {
    const { clock, node, open } = await start();
    const eren = await open("Eren");
    await open("Eren");
    const native = node.client("Armin");
    native.join("chat:room1", { visible: true });
    const ghost = node.client("Ghost");
    ghost.join("chat:room1");
    await clock.settle();
    expect(got(eren).at(-2)).toBe(online("Eren", "Eren", "Armin"));
  });

  test("CHAT-3: who was there before the first chat client is listed, and the list outlives that client", async () => {
    const { clock, node, open } = await start();
    for (const user of ["Armin", "Annie"]) node.client(user).join("chat:room1", { visible: true });
    await clock.settle();
    const eren = await open("Eren");
    expect(got(eren)).toEqual([online("Armin", "Annie", "Eren"), joined("Eren")]);
    const mikasa = await open("Mikasa");
    got(mikasa);
    eren.socket.end();
    await clock.settle();
    expect(got(mikasa)).toEqual([left("Eren"), online("Armin", "Annie", "Mikasa")]);
    mikasa.socket.end();
    await clock.settle();
    expect(got(await open("Levi"))).toEqual([online("Armin", "Annie", "Levi"), joined("Levi")]);
  });

  test("CHAT-5: in one turn leaves come first, then one list, then joins", async () => {
    const { clock, node, open } = await start();
    const eren = await open("Eren");
    const others = [await open("Mikasa"), await open("Armin")];
    got(eren);
    for (const other of others) other.socket.end();
    const settle = () => clock.settle();
    for (const user of ["Levi", "Hange"]) new DialectClient(node, chat, request(user), settle);
    await clock.settle();
    expect(got(eren)).toEqual([
      left("Mikasa"),
      left("Armin"),
      online("Eren", "Levi", "Hange"),
      joined("Levi"),
      joined("Hange"),
    ]);
  });

  test("CHAT-5: a connection that comes and goes in one turn is not announced", async () => {
    const { clock, node, open } = await start();
    const eren = await open("Eren");
    got(eren);
    const passing = new DialectClient(node, chat, request("Levi"), () => clock.settle());
    passing.session.receive("hi");
    passing.socket.end();
    await clock.settle();
    expect(got(eren)).toEqual([
      online("Eren", "Levi"),
      joined("Levi"),
      said("Levi", "hi"),
      left("Levi"),
      online("Eren"),
    ]);
    new DialectClient(node, chat, request("Levi"), () => clock.settle()).socket.end();
    await clock.settle();
    expect(got(eren)).toEqual([]);
  });

  test("CHAT-5: a leave comes after everything that the connection still had to publish, and at once", async () => {
    const { clock, simulation, open } = await start();
    const eren = await open("Eren");
    const mikasa = await open("Mikasa");
    got(eren);
    simulation.engine.newsLag = () => 50;
    for (let i = 0; i < 4; i++) {
      mikasa.session.receive(`${i}`);
      await clock.turn();
    }
    mikasa.socket.end();
    await clock.advance(1_000);
    expect(got(eren)).toEqual([
      ...[0, 1, 2, 3].map((i) => said("Mikasa", `${i}`)),
      left("Mikasa"),
      online("Eren"),
    ]);
  });

  test("CHAT-4: a native chat message is shown, other types and other data are not", async () => {
    const { clock, node, open } = await start();
    const eren = await open("Eren");
    got(eren);
    const native = node.client("Armin");
    native.publish("chat:room1", { text: "hi" });
    native.publish("chat:room1", { text: "hi" }, { type: "note" });
    for (const data of [{ text: 7 }, {}, null, "text", 7, ["text"]]) native.publish("chat:room1", data);
    await clock.settle();
    expect(got(eren)).toEqual([said("Armin", "hi")]);
  });

  test("CHAT-4: what a chat client says is a message of type chat with a text", async () => {
    const { clock, node, open } = await start();
    const native = node.client("Armin");
    native.join("chat:room1");
    const eren = await open("Eren");
    await eren.send("hi");
    await clock.settle();
    expect(native.messages("chat:room1")).toMatchObject([
      { type: "chat", from: "Eren", data: '{"text":"hi"}' },
    ]);
  });

  test("CHAT-6: history=N counts chat frames alone, and comes before the lists", async () => {
    const { clock, node, open } = await start();
    const native = node.client("Armin");
    for (let i = 0; i < 6; i++) {
      native.publish("chat:room1", { text: `${i}` });
      native.publish("chat:room1", { text: "foreign" }, { type: "note" });
    }
    await clock.settle();
    expect(got(await open("Eren", "history=2"))).toEqual([
      said("Armin", "4"),
      said("Armin", "5"),
      online("Eren"),
      joined("Eren"),
    ]);
  });

  test("CHAT-6: after=OFFSET resumes, and chat frames then carry a fifth key", async () => {
    const { open } = await start();
    const eren = await open("Eren");
    await eren.send("one", "two");
    const back = await open("Mikasa", "after=1");
    expect(got(back)).toEqual([
      '{"type":"chat","content":"two","room":"room1","username":"Eren","offset":2}',
      online("Eren", "Mikasa"),
      joined("Mikasa"),
    ]);
    got(eren);
    await eren.send("three");
    expect(got(back)).toEqual([
      '{"type":"chat","content":"three","room":"room1","username":"Eren","offset":3}',
    ]);
    expect(got(eren)).toEqual([said("Eren", "three")]);
  });

  test("CHAT-6: typing=1 also gets typing frames", async () => {
    const { clock, node, open } = await start();
    const eren = await open("Eren", "typing=1");
    const plain = await open("Mikasa");
    const native = node.client("Armin");
    native.join("chat:room1");
    await clock.settle();
    for (const each of [eren, plain]) got(each);
    native.event("chat:room1", "typing", true);
    native.event("chat:room1", "cursor", 1);
    native.event("chat:room1", "typing", false);
    await clock.settle();
    expect(got(eren)).toEqual([
      '{"type":"typing","content":"start","room":"room1","username":"Armin"}',
      '{"type":"typing","content":"stop","room":"room1","username":"Armin"}',
    ]);
    expect(got(plain)).toEqual([]);
  });

  test("CHAT-7: past 500 connections newcomers alone get an empty list; back at 500 it is a list again", async () => {
    const { clock, node, open } = await start();
    const first = await open("first");
    const settle = () => clock.settle();
    const crowd = Array.from(
      { length: 499 },
      (_, i) => new DialectClient(node, chat, request(`u${i}`), settle),
    );
    await clock.settle();
    expect(got(first).filter((frame) => frame.includes("user_joined"))).toHaveLength(500);
    const late = await open("late");
    expect(got(late)).toEqual([online()]);
    // The others are sent once that the list has ended.
    expect(got(first)).toEqual([online()]);
    const later = await open("later");
    expect(got(later)).toEqual([online()]);
    expect(got(first)).toEqual([]);
    const typing = await open("typist", "typing=1");
    expect(got(typing)).toEqual([online()]);
    for (const each of [late, later]) each.socket.end();
    await clock.settle();
    expect(got(first)).toEqual([]);
    // Who comes and goes in the turn in which the list begins again is in the list, and that is all.
    for (const each of [typing, crowd[1]]) each?.socket.end();
    new DialectClient(node, chat, request("back"), settle);
    await clock.settle();
    const [list = "", ...rest] = parsed(got(first));
    expect(rest).toEqual([]);
    expect(list).toMatchObject({ type: "online_users" });
    expect(JSON.stringify(list).split(",u")).toHaveLength(499);
    expect(JSON.stringify(list)).toContain(",back");
    crowd[0]?.socket.end();
    await clock.settle();
    expect(got(first)[0]).toBe(left("u0"));
  });

  test("CHAT-8: when a message cannot be kept its sender alone is closed with 1013 and a reason", async () => {
    const { simulation, open } = await start();
    const eren = await open("Eren");
    const mikasa = await open("Mikasa");
    got(mikasa);
    simulation.engine.commits = false;
    await eren.send("lost");
    expect(eren.socket.farewell).toMatchObject({ code: 1013 });
    expect(eren.socket.farewell?.reason).not.toBe("");
    expect(got(mikasa)).toEqual([left("Eren"), online("Mikasa")]);
    expect(mikasa.socket.ended).toBe(false);
  });
});

describe("who is admitted to chat", () => {
  const judge = (name: string | undefined, query: string, prefix = "chat:") =>
    chat.admit({ name, query: new URLSearchParams(query), prefix, ...GUEST });

  for (const [name, query] of [
    ["room1", ""],
    ["room1", "username="],
    ["", "username=Eren"],
    [undefined, "username=Eren"],
  ] as const) {
    test(`CHAT-1: room ${JSON.stringify(name)} and {${query}} are refused`, () => {
      expect(judge(name, query)).toEqual({ ok: false, status: 400, error: "room and username are required" });
    });
  }

  for (const [what, name, query] of [
    ["a room with a star", "a*", "username=Eren"],
    ["a room that is too long with its prefix", "x".repeat(124), "username=Eren"],
    ["a room with a control character", "a\u0000", "username=Eren"],
    ["a room that begins with a space", " a", "username=Eren"],
    ["a user whose name ends in a space", "a", "username=Eren%20"],
    ["a name with a line feed", "room1", "username=a%0Ab"],
    ["a name that turns the text around", "room1", "username=%E2%80%AEnerE"],
    ["a name that is too long", "room1", `username=${"x".repeat(65)}`],
    ["history that is no number", "room1", "username=Eren&history=all"],
    ["history that is negative", "room1", "username=Eren&history=-1"],
    ["more history than there may be", "room1", "username=Eren&history=1001"],
    ["after that is no offset", "room1", "username=Eren&after=1.5"],
    ["both history and after", "room1", "username=Eren&history=1&after=1"],
  ] as const) {
    test(`CHAT-1: ${what} is refused with 400 and a sentence`, () => {
      const admission = judge(name, query);
      expect(admission).toMatchObject({ ok: false, status: 400 });
      if (!admission.ok) expect(admission.error.length).toBeGreaterThan(20);
    });
  }

  test("CHAT-2: a room is called as in its path, slashes and all", async () => {
    const { clock, node } = await start();
    const settle = () => clock.settle();
    const client = new DialectClient(node, chat, request("Eren", "", 'a/b "c"'), settle);
    await settle();
    expect(got(client)[0]).toBe(
      '{"type":"online_users","content":"Eren","room":"a/b \\"c\\"","username":""}',
    );
  });

  test("ROOM-4, CHAT-8: where the service alone publishes, a client that speaks is closed with a reason that fits", async () => {
    const policies = [{ ...DEFAULT_POLICY, publish: "service" as const }];
    const { clock, node } = await start({ policies });
    const name = '"'.repeat(120);
    const client = new DialectClient(node, chat, request("Eren", "", name), () => clock.settle());
    await client.send("hello");
    expect(client.socket.farewell).toMatchObject({ code: 1008 });
  });

  test("JOIN-5: a full room closes the newcomer with 1013 and a reason", async () => {
    const { open } = await start({ policies: [{ ...DEFAULT_POLICY, maxMembers: 1 }] });
    const eren = await open("Eren");
    const mikasa = await open("Mikasa");
    expect(mikasa.socket.farewell).toMatchObject({ code: 1013 });
    expect(mikasa.socket.frames).toEqual([]);
    expect(eren.socket.ended).toBe(false);
  });
});
