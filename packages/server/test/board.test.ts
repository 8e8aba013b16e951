import { describe, expect, test } from "bun:test";
import { OPCODE } from "@fanfare/testing/frame-writer";
import { NativeClient } from "@fanfare/testing/native-client";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { openServer } from "@fanfare/testing/test-server";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";

const EXPECTED = 'a message on the board is a JSON object whose values are strings, such as {"message":"hi"}';

const open = (server: URL, path = "/board") => WebSocketClient.open(path, server, path);

/** A frame without its time, which must be a time of now. */
function timeless(frame: string): string {
  const [, timestamp = ""] = frame.match(/"timestamp":"([^"]*)"}$/) ?? [];
  expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/);
  expect(Math.abs(Date.parse(timestamp) - Date.now())).toBeLessThan(60_000);
  return frame.replace(timestamp, "NOW");
}

describe("the board", () => {
  test("BOARD-1 BOARD-2: plain /ws and /board are one board: what was put up comes first, then what anyone sends", async () => {
    await using server = await openServer();
    const [ada, bob] = [await open(server.url, "/ws"), await open(server.url, "/board")];
    ada.send('{"message":"hi"}');
    bob.send('{"message":"there","from":null}');
    const first = '{"message":"hi","timestamp":"NOW"}';
    const second = '{"message":"there","from":"","timestamp":"NOW"}';
    const frames = await ada.frames.take(2);
    expect(frames.map(timeless).sort()).toEqual([first, second]);
    expect(await bob.frames.take(2)).toEqual(frames);

    const late = await open(server.url);
    expect(await late.frames.take(2)).toEqual(frames);
    const last = await open(server.url, "/ws?history=1");
    expect(await last.frames.take(1)).toEqual(frames.slice(1));
    const after = await open(server.url, "/board?after=1");
    expect(await after.frames.take(1)).toEqual(frames.slice(1));
    await late.close();
    after.send("{}");
    const everyone = [ada, bob, last, after];
    for (const each of everyone)
      expect((await each.frames.take(1)).map(timeless)).toEqual(['{"timestamp":"NOW"}']);
    expect(everyone.map(({ frames: { all } }) => all.length)).toEqual([3, 3, 2, 2]);
  });

  test("BOARD-2 BOARD-4: native clients see the objects, and what they put up is shown", async () => {
    await using server = await openServer();
    const ada = await open(server.url);
    const native = await NativeClient.connect(server.url, "Armin");
    await native.follow("board:main");
    ada.send('{"__proto__":"a","timestamp":"never"}');
    const [shown = ""] = await ada.frames.take(1);
    expect(timeless(shown)).toBe('{"__proto__":"a","timestamp":"NOW"}');
    await native.received(1);
    expect(native.messages[0]).toMatchObject({ type: "board", offset: 1 });
    expect(JSON.stringify(native.messages[0]?.data)).toBe(shown);

    await native.publish("board:main", "note", { a: "not a board's" });
    await native.publish("board:main", "board", { a: 7 });
    await native.publish("board:main", "board", { a: "native" });
    expect((await ada.frames.take(1)).map(timeless)).toEqual(['{"a":"native","timestamp":"NOW"}']);
  });

  test("BOARD-1: a mount with a parameter has a board for each name", async () => {
    await using server = await openServer({ mounts: [{ path: "/b/:name", dialect: "board" }] });
    const [sale, other] = [await open(server.url, "/b/sale"), await open(server.url, "/b/other")];
    sale.send('{"a":"1"}');
    other.send('{"a":"2"}');
    expect((await sale.frames.take(1)).map(timeless)).toEqual(['{"a":"1","timestamp":"NOW"}']);
    const native = await NativeClient.open(server.url, "Armin", "/b/x");
    await native.ok({ op: "hello" });
    expect(await native.log("board:sale")).toHaveLength(1);
  });

  test("BOARD-3 ERR-2: what is no object of strings closes its sender alone with 1007, and is not kept", async () => {
    await using server = await openServer();
    const bystander = await open(server.url);
    for (const frame of ["hi", '{"a":1}', "[]", "null", '{"a":"b"']) {
      const vandal = await open(server.url);
      vandal.send(frame);
      expect(await vandal.closed).toEqual({ code: 1007, reason: EXPECTED });
    }
    const raw = await RawSocket.open(server.url, "/board");
    raw.frame(OPCODE.binary, Buffer.from([0xff, 0xfe]));
    expect(await raw.closed()).toMatchObject({ code: 1007 });
    bystander.send(new TextEncoder().encode('{"binary":"but text"}'));
    expect((await bystander.frames.take(1)).map(timeless)).toEqual([
      '{"binary":"but text","timestamp":"NOW"}',
    ]);
  });

  test("BOARD-2 FRAME-5: a frame of 64 KiB is taken, one byte more closes with 1009", async () => {
    await using server = await openServer();
    const ada = await open(server.url);
    const frame = (bytes: number) => `{"a":"${"x".repeat(bytes - 8)}"}`;
    ada.send(frame(65_536));
    const [shown = ""] = await ada.frames.take(1);
    expect(JSON.parse(shown).a).toHaveLength(65_528);
    ada.send(frame(65_537));
    expect((await ada.closed).code).toBe(1009);
  });

  test("BOARD-1 HTTP-2: what is wrong with the address is refused before the upgrade", async () => {
    await using server = await openServer();
    for (const path of [
      "/ws?history=all",
      "/board?after=-1",
      "/board?history=1&after=1",
      "/feed/",
      "/feed/a*b",
    ]) {
      const response = await fetch(new URL(path, server.url));
      expect([path, response.status]).toEqual([path, 400]);
      expect(Object.keys((await response.json()) as object)).toEqual(["error"]);
    }
  });
});
