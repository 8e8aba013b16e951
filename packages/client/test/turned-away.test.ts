import { expect, test } from "bun:test";
import { Fanfare } from "@fanfare/client";
import { ScriptedServer } from "./support/scripted-server.ts";
import { until } from "./support/until.ts";

test("GAP-1: a client that was turned away goes on from where it was once it connects again", async () => {
  await using server = new ScriptedServer();
  await using client = new Fanfare(server.url, { user: "ada" });
  const room = client.room("a");
  const joined = room.join();
  const peer = await server.peers.next();
  await peer.greet();
  await peer.admit(500);
  await joined;
  peer.close(1008, "your token has ended");
  await until(room.state, ({ status }) => status === "refused");

  const connected = client.connect();
  const next = await server.peers.next();
  await next.greet();
  await connected;
  expect(await next.request("join")).toMatchObject({ room: "a", after: { epoch: "e1", offset: 500 } });
});
