import { expect, test } from "bun:test";
import { Fanfare, type PresenceChange } from "@fanfare/client";
import { openScene } from "./support/scene.ts";
import { ScriptedServer } from "./support/scripted-server.ts";
import { until } from "./support/until.ts";

const names = ({ members }: { readonly members?: readonly { readonly user: string }[] }) =>
  members?.map(({ user }) => user).sort();

test("PRES-1: members are a live set, and each change is told", async () => {
  await using scene = await openScene({ limits: { presenceGraceMs: 20 } });
  const { client } = await scene.guest("ada");
  const { client: other } = await scene.guest("bo");
  const room = client.room("r", { presence: true });
  const changes: PresenceChange[] = [];
  room.on("presence", (change) => changes.push(change));
  expect(room.members.value).toEqual({ members: [], count: 0 });
  await room.join();
  await until(room.members, ({ count }) => count === 1);
  expect(names(room.members.value)).toEqual(["ada"]);
  const before = room.members.value;
  await other.room("r", { presence: true }).join();
  await until(room.members, ({ count }) => count === 2);
  expect(names(room.members.value)).toEqual(["ada", "bo"]);
  expect(names(before)).toEqual(["ada"]); // a value that was read stays what it was
  await other.room("r").leave();
  await until(room.members, ({ count }) => count === 1);
  expect(names(room.members.value)).toEqual(["ada"]);
  expect(changes.flatMap(({ joins }) => joins.map(({ user }) => user))).toContain("bo");
  expect(changes.flatMap(({ leaves }) => leaves)).toEqual(["bo"]);
});

test("PRES-2: a break is no leave; after it the set is what it is by then", async () => {
  await using scene = await openScene({ limits: { presenceGraceMs: 10_000 } });
  const { client } = await scene.guest("ada");
  const { client: other, network } = await scene.guest("bo");
  const room = client.room("r", { presence: true });
  await room.join();
  const theirs = other.room("r", { presence: true });
  await theirs.join();
  await until(room.members, ({ count }) => count === 2);
  const leaves: string[] = [];
  room.on("presence", (change) => leaves.push(...change.leaves));
  network.refuse();
  network.cut("reset");
  await until(other.state, ({ status }) => status === "offline");
  const { client: third } = await scene.guest("cy");
  await third.room("r", { presence: true }).join();
  network.admit();
  await until(theirs.members, ({ count }) => count === 3);
  expect(names(theirs.members.value)).toEqual(["ada", "bo", "cy"]);
  await until(room.members, ({ count }) => count === 3);
  expect(leaves).toEqual([]);
});

test("who joins without presence neither is seen nor sees", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const { client: other } = await scene.guest("bo");
  const hidden = other.room("r");
  await hidden.join();
  const room = client.room("r", { presence: true });
  await room.join();
  await until(room.members, ({ count }) => count === 1);
  expect(names(room.members.value)).toEqual(["ada"]);
  expect(hidden.members.value.count).toBe(0);
});

test("PRES-4: past the bound only the count is told", async () => {
  const told = ["ada", "bo"].map((user) => ({ user, since: 1 }));
  await using server = new ScriptedServer(async (peer) => {
    await peer.greet();
    await peer.admit();
    peer.send({ op: "presence", room: "r", members: told, count: 2 });
    peer.send({ op: "presence", room: "r", joins: [{ user: "cy", since: 2 }], count: 501 });
    peer.send({ op: "presence", room: "r", count: 502 });
    peer.send({ op: "presence", room: "r", members: told, count: 2 });
  });
  await using client = new Fanfare(server.url);
  const room = client.room("r", { presence: true });
  const seen: unknown[] = [];
  room.members.listen((presence) => seen.push(presence));
  void room.join();
  await until(room.members, () => seen.length === 4);
  expect(seen).toEqual([
    { members: told, count: 2 },
    { count: 501 },
    { count: 502 },
    { members: told, count: 2 },
  ]);
});
