import { describe, expect, test } from "bun:test";
import { ChatClient } from "@fanfare/testing/chat-client";
import { OPCODE } from "@fanfare/testing/frame-writer";
import { NativeClient } from "@fanfare/testing/native-client";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { openServer } from "@fanfare/testing/test-server";

describe("two clients in a chat room", () => {
  test("CHAT-2 CHAT-3 CHAT-4 CHAT-5: Eren and Mikasa see exactly the frames of the seed, in its order", async () => {
    await using server = await openServer();
    const eren = await ChatClient.open(server.url, "room1?username=Eren");
    const erenComes = [
      '{"type":"online_users","content":"Eren","room":"room1","username":""}',
      '{"type":"user_joined","content":"Eren joined the room","room":"room1","username":"Eren"}',
    ];
    expect(await eren.take(2)).toEqual(erenComes);

    const mikasa = await ChatClient.open(server.url, "room1?username=Mikasa");
    const mikasaComes = [
      '{"type":"online_users","content":"Eren,Mikasa","room":"room1","username":""}',
      '{"type":"user_joined","content":"Mikasa joined the room","room":"room1","username":"Mikasa"}',
    ];
    expect(await mikasa.take(2)).toEqual(mikasaComes);
    expect(await eren.take(2)).toEqual(mikasaComes);

    eren.send("Hello from Eren!");
    const hello = ['{"type":"chat","content":"Hello from Eren!","room":"room1","username":"Eren"}'];
    expect(await eren.take(1)).toEqual(hello);
    expect(await mikasa.take(1)).toEqual(hello);

    mikasa.send("Hi Eren!");
    const hi = ['{"type":"chat","content":"Hi Eren!","room":"room1","username":"Mikasa"}'];
    expect(await mikasa.take(1)).toEqual(hi);
    expect(await eren.take(1)).toEqual(hi);

    mikasa.send("bye");
    await mikasa.close();
    const mikasaGoes = [
      '{"type":"chat","content":"bye","room":"room1","username":"Mikasa"}',
      '{"type":"user_left","content":"Mikasa left the room","room":"room1","username":"Mikasa"}',
      '{"type":"online_users","content":"Eren","room":"room1","username":""}',
    ];
    expect(await eren.take(3)).toEqual(mikasaGoes);
    expect(eren.raw).toEqual([...erenComes, ...mikasaComes, ...hello, ...hi, ...mikasaGoes]);
  });

  test("CHAT-3: a user on two connections stands twice, in order of arrival, and leaves once per connection", async () => {
    await using server = await openServer();
    const first = await ChatClient.enter(server.url, "room1", "Eren");
    await ChatClient.enter(server.url, "room1", "Armin");
    const second = await ChatClient.enter(server.url, "room1", "Eren");
    expect(second.raw[0]).toBe(
      '{"type":"online_users","content":"Eren,Armin,Eren","room":"room1","username":""}',
    );
    await second.close();
    await first.next(({ type }) => type === "user_left");
    expect(await first.take(1)).toEqual([
      '{"type":"online_users","content":"Eren,Armin","room":"room1","username":""}',
    ]);
  });

  test("CHAT-2: rooms do not hear of each other", async () => {
    await using server = await openServer();
    const one = await ChatClient.enter(server.url, "one", "Eren");
    const two = await ChatClient.enter(server.url, "two", "Mikasa");
    two.send("only here");
    await two.said("only here");
    one.send("last");
    await one.said("last");
    expect(one.frames.map(({ content }) => content)).toEqual(["Eren", "Eren joined the room", "last"]);
  });
});

describe("what a chat client may say", () => {
  const texts = [
    "",
    " ",
    "quotes \"double\" and 'single' and \\back\\",
    "<script>alert(1)</script> & <b>bold</b>",
    "emoji 👩‍👩‍👧‍👦 and 日本語 and e\u0301",
    '{"type":"chat","content":"not parsed","room":"x","username":"y"}',
    "line\nbreak\r\nand\ttab and \u0000 and \u2028",
    "[1,2,3]",
    "__proto__",
    "x".repeat(64 * 1024),
    '"'.repeat(64 * 1024),
    "\u0001".repeat(64 * 1024),
  ];

  test("CHAT-4: a frame is the content, verbatim, up to 64 KiB, and is durable as a message of type chat", async () => {
    await using server = await openServer();
    const eren = await ChatClient.enter(server.url, "room1", "Eren");
    const mikasa = await ChatClient.enter(server.url, "room1", "Mikasa");
    for (const text of texts) eren.send(text);
    const heard = [];
    for (let i = 0; i < texts.length; i++)
      heard.push((await mikasa.next(({ type }) => type === "chat")).content);
    expect(heard).toEqual(texts);

    const native = await NativeClient.connect(server.url, "Armin");
    const log = await native.log("chat:room1");
    expect(log.map(({ type, from, data }) => ({ type, from, data }))).toEqual(
      texts.map((text) => ({ type: "chat", from: "Eren", data: { text } })),
    );
  });

  test("CHAT-2 CHAT-4: frames are compact, with the keys in the seed's order, whatever is said", async () => {
    await using server = await openServer();
    const eren = await ChatClient.enter(server.url, "room1", "Eren");
    for (const text of texts) {
      eren.send(text);
      const [frame] = await eren.take(1);
      expect(frame).toBe(JSON.stringify({ type: "chat", content: text, room: "room1", username: "Eren" }));
    }
  });

  test("CHAT-4: a binary frame is read as UTF-8 text", async () => {
    await using server = await openServer();
    const eren = await ChatClient.enter(server.url, "room1", "Eren");
    eren.send(new TextEncoder().encode("bytes, but text: ü 🎺"));
    expect(await eren.take(1)).toEqual([
      '{"type":"chat","content":"bytes, but text: ü 🎺","room":"room1","username":"Eren"}',
    ]);
  });

  test("CHAT-4: a message in fragments is one message", async () => {
    await using server = await openServer();
    const eren = await ChatClient.enter(server.url, "room1", "Eren");
    const raw = await RawSocket.open(server.url, "/ws/room1?username=Raw");
    const text = Buffer.from("one 🎺 message");
    raw.frame(OPCODE.text, text.subarray(0, 6), false); // within the emoji
    raw.frame(OPCODE.ping, Buffer.from("between"));
    raw.frame(OPCODE.continuation, text.subarray(6), true);
    expect((await eren.next(({ type }) => type === "chat")).content).toBe("one 🎺 message");
    raw.destroy();
  });

  const invalid = Buffer.from([0x68, 0x69, 0xff, 0xfe]);
  for (const [what, opcode, payload, code] of [
    ["text that is not UTF-8", OPCODE.text, invalid, 1007],
    ["binary that is not UTF-8", OPCODE.binary, invalid, 1007],
    ["text of more than 64 KiB", OPCODE.text, Buffer.alloc(64 * 1024 + 1, "x"), 1009],
    ["binary of more than 64 KiB", OPCODE.binary, Buffer.alloc(64 * 1024 + 1, "x"), 1009],
  ] as const) {
    test(`FRAME-5 ERR-2: ${what} closes its sender alone, with ${code}`, async () => {
      await using server = await openServer();
      const eren = await ChatClient.enter(server.url, "room1", "Eren");
      const raw = await RawSocket.open(server.url, "/ws/room1?username=Raw");
      await eren.next(({ type, username }) => type === "user_joined" && username === "Raw");
      raw.frame(opcode, payload);
      expect(await raw.closed()).toMatchObject({ code });
      await eren.next(({ type, username }) => type === "user_left" && username === "Raw");
      eren.send("still here");
      await eren.said("still here");
      expect(eren.frames.filter(({ type }) => type === "chat")).toHaveLength(1);
    });
  }
});
