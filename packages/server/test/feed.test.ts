import { describe, expect, test } from "bun:test";
import { NativeClient } from "@fanfare/testing/native-client";
import { openServer } from "@fanfare/testing/test-server";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";

const open = (server: URL, path = "/feed") => WebSocketClient.open(path, server, path);

describe("a feed", () => {
  test("FEED-1 FEED-3: every subscriber, the sender included, gets email and content in that order", async () => {
    await using server = await openServer();
    const [ada, bob] = [await open(server.url, "/feed"), await open(server.url, "/feed/main")];
    const other = await open(server.url, "/feed/other");
    ada.send('{"content":"hi","email":"ada@example.org","more":1}');
    bob.send('{"email":null}');
    const frames = ['{"email":"ada@example.org","content":"hi"}', '{"email":"","content":""}'];
    for (const each of [ada, bob]) expect((await each.frames.take(2)).toSorted()).toEqual(frames.toSorted());
    const late = await open(server.url, "/feed");
    const [last, after] = [
      await open(server.url, "/feed?history=1"),
      await open(server.url, "/feed?after=0"),
    ];
    expect(await after.frames.take(2)).toEqual([...ada.frames.all]);
    expect(await last.frames.take(1)).toEqual(ada.frames.all.slice(1));
    late.send("{}");
    expect(await late.frames.take(1)).toEqual(['{"email":"","content":""}']);
    expect(late.frames.all).toHaveLength(1);
    expect(other.frames.all).toEqual([]);
  });

  test("FEED-2: a malformed frame, or another kind of value, closes its sender alone with 1007 and a reason", async () => {
    await using server = await openServer();
    const bystander = await open(server.url);
    for (const frame of ["hi", "[]", '{"email":1}', '{"content":{"a":"b"}}']) {
      const vandal = await open(server.url);
      vandal.send(frame);
      expect(await vandal.closed).toEqual({
        code: 1007,
        reason: 'a frame of a feed is a JSON object with the strings "email" and "content"',
      });
    }
    bystander.send('{"content":"still here"}');
    expect(await bystander.frames.take(1)).toEqual(['{"email":"","content":"still here"}']);
  });

  test("FEED-1 FEED-4: what is fed is durable, and native clients take part", async () => {
    await using server = await openServer();
    const native = await NativeClient.connect(server.url, "Armin");
    const ada = await open(server.url, "/feed/news%20today");
    ada.send('{"email":"a","content":"b"}');
    await ada.frames.take(1);
    expect(await native.log("feed:news today")).toMatchObject([
      { type: "feed", data: { email: "a", content: "b" } },
    ]);
    await native.publish("feed:news today", "feed", { email: "c" });
    await native.publish("feed:news today", "feed", { content: "d", email: "c" });
    expect(await ada.frames.take(1)).toEqual(['{"email":"c","content":"d"}']);
  });
});
