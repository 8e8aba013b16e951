import { expect, spyOn, test } from "bun:test";
import { Fanfare } from "@fanfare/client";
import { QUICK } from "./support/scene.ts";
import { ScriptedServer } from "./support/scripted-server.ts";
import { until } from "./support/until.ts";

/** Sets this machine's clock back by an hour, and lets a monotonic one go on by so many ms. */
function setBack(elapsed = 0): Disposable {
  const { now } = Date;
  const monotonic = performance.now.bind(performance);
  const spies = [
    spyOn(Date, "now").mockImplementation(() => now.call(Date) - 3_600_000),
    spyOn(performance, "now").mockImplementation(() => monotonic() + elapsed),
  ];
  return {
    [Symbol.dispose]() {
      for (const spy of spies) spy.mockRestore();
    },
  };
}

test("a half-open connection is noticed after the clock was set back", async () => {
  await using server = new ScriptedServer((peer) => peer.greet());
  await using client = new Fanfare(server.url, { ...QUICK, heartbeat: 100 });
  await client.connect();
  using _ = setBack();
  await until(client.state, ({ status }) => status === "offline");
});

test("EVENT-3: typing is repeated in time after the clock was set back", async () => {
  await using server = new ScriptedServer((peer) => peer.greet());
  await using client = new Fanfare(server.url, { user: "ada" });
  const room = client.room("r");
  const joining = room.join();
  const peer = await server.peers.next();
  await peer.admit();
  await joining;
  room.setTyping();
  using _ = setBack(3_001);
  room.setTyping();
  room.leave();
  await peer.request("leave");
  expect(peer.requests.all.filter(({ op }) => op === "event").length).toBe(2);
});

test("the local echo is in the order of publishing after the clock was set back", async () => {
  const client = new Fanfare("http://127.0.0.1:9", QUICK);
  const room = client.room("r");
  void room.publish("note", 1);
  using _ = setBack();
  void room.publish("note", 2);
  expect(room.outgoing.value.map(({ data }) => data)).toEqual([1, 2]);
  await client.close({ flush: 0 });
});

test("the local echo is copied once per turn, however many are published in it", async () => {
  const client = new Fanfare("http://127.0.0.1:9", QUICK);
  const room = client.room("r");
  let changes = 0;
  room.outgoing.listen(() => {
    changes += 1;
  });
  for (let i = 0; i < 1_000; i++) void room.publish("note", i);
  expect(room.outgoing.value.length).toBe(1_000);
  await Promise.resolve();
  expect(changes).toBe(1);
  expect(room.outgoing.value).toBe(room.outgoing.value);
  await client.close({ flush: 0 });
});
