import { expect, test } from "bun:test";
import { Fanfare } from "@fanfare/client";
import { ScriptedServer } from "./support/scripted-server.ts";

test("events that a silent server does not answer are dropped, not collected", async () => {
  await using server = new ScriptedServer();
  await using client = new Fanfare(server.url, { user: "ada" });
  const room = client.room("a");
  const joined = room.join();
  const peer = await server.peers.next();
  await peer.greet();
  await peer.admit();
  await joined;
  for (let n = 0; n < 1_500; n += 1) room.event("cursor", n);
  room.leave();
  await peer.request("leave");
  expect(peer.requests.all.filter(({ op }) => op === "event").length).toBe(1_000);
});
