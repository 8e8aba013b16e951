import { expect, test } from "bun:test";
import { CLOSE, SUBPROTOCOL } from "@fanfare/protocol";
import { ChatClient } from "@fanfare/testing/chat-client";
import { OPCODE } from "@fanfare/testing/frame-writer";
import { ManualClock } from "@fanfare/testing/manual-clock";
import { NativeClient } from "@fanfare/testing/native-client";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { openServer } from "@fanfare/testing/test-server";

const limits = { pingMs: 100, deadMs: 1_000 };

test("LIVE-1 CLOSE-1: a client that answers no ping is closed with 4001, also while it is being sent to", async () => {
  await using server = await openServer({ limits });
  const eren = await ChatClient.enter(server.url, "room1", "Eren");
  const mute = await RawSocket.open(server.url, "/ws/room1?username=Mute"); // reads, and never answers
  await eren.next(({ type, username }) => type === "user_joined" && username === "Mute");

  let talking = true;
  const talk = (async () => {
    for (let i = 0; talking; i++) {
      eren.send(`word ${i}`);
      await eren.said(`word ${i}`);
      await Bun.sleep(5); // sets the pace of what it is sent; nothing is waited for
    }
  })();
  expect(await mute.closed()).toEqual(CLOSE.silent);
  talking = false;
  await talk;
  expect(mute.frames.all.filter(({ opcode }) => opcode === OPCODE.ping)).toHaveLength(1);
  expect(mute.texts.length).toBeGreaterThan(2); // it was being sent to
  await eren.when(() =>
    eren.frames.some(({ type, username }) => type === "user_left" && username === "Mute"),
  );
  mute.destroy();
});

test("LIVE-1: whoever answers pings may be silent for as long as it likes", async () => {
  await using server = await openServer({ limits });
  const armin = await NativeClient.connect(server.url, "Armin"); // answers pings as every WebSocket library does
  const patient = await RawSocket.open(server.url, "/ws", SUBPROTOCOL);
  for (let i = 0; i < 4; i++) {
    const { payload } = await patient.frames.next(({ opcode }) => opcode === OPCODE.ping);
    patient.frame(OPCODE.pong, payload);
  }
  expect(armin.socket.open).toBe(true); // silent all that while, which is several times that of the dead
  expect(await armin.request({ op: "ping" })).toMatchObject({ op: "pong" });
  patient.destroy();
});

test("LIVE-1: a client's own pings, and the op `ping`, are answered and keep it alive", async () => {
  await using server = await openServer({ limits });
  const raw = await RawSocket.open(server.url, "/ws", SUBPROTOCOL);
  raw.frame(OPCODE.ping, Buffer.from("are you there?"));
  expect(await raw.frames.next(({ opcode }) => opcode === OPCODE.pong)).toEqual({
    opcode: OPCODE.pong,
    payload: Buffer.from("are you there?"),
  });
  raw.text('{"op":"hello","ref":0}');
  raw.text('{"op":"ping","ref":9}');
  const pong = await raw.frames.next(({ payload }) => payload.toString().includes("pong"));
  expect(pong.payload.toString()).toBe('{"op":"pong","ref":9}');
  raw.destroy();
});

test("HELLO-1 CLOSE-1: a connection that says no hello in time is closed with 4500", async () => {
  const clock = new ManualClock();
  await using server = await openServer({ clock });
  const silent = await NativeClient.open(server.url);
  const talkative = await NativeClient.open(server.url);
  const talk = async () => {
    for (let i = 0; i < 3; i++) {
      expect(await talkative.request({ op: "ping" })).toMatchObject({ op: "error", name: "hello_required" });
    }
  };
  await talk();
  clock.advance(9_999);
  await talk();
  expect(silent.socket.open).toBe(true);
  clock.advance(1);
  for (const { closed } of [silent, talkative]) expect(await closed).toEqual(CLOSE.helloTimeout);
});
