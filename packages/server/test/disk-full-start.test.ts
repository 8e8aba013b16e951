import { expect, test } from "bun:test";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { TodoClient } from "@fanfare/testing/todo-client";
import { SmallDisk } from "./support/small-disk.ts";

const UNTESTED =
  "UNTESTED: that a server starts on a full disk and reads on. Nothing can be mounted here: run this as root, or where unprivileged user namespaces are allowed.";

using probe = scratchDirectory();
const able = await SmallDisk.open(probe.path, 1);
await able?.[Symbol.asyncDispose]();
if (able === undefined) {
  if (process.env.CI !== undefined) throw new Error(UNTESTED);
  console.error(UNTESTED);
}

const health = async (server: ServerProcess) => (await fetch(new URL("/health", server.url))).status;

test.skipIf(able === undefined).each(["SIGTERM", "SIGKILL"] as const)(
  "KEEP-7 KEEP-3 KEEP-4: after %s, a server starts on a full disk, reads on, refuses what it cannot keep, and recovers",
  async (signal) => {
    using directory = scratchDirectory();
    const disk = await SmallDisk.open(directory.path, 16);
    if (disk === undefined) throw new Error(UNTESTED);
    await using _disk = disk;
    const texts = Array.from({ length: 20 }, (_, i) => `${i} ${"x".repeat(10_000)}`);
    {
      await using server = await ServerProcess.startBy(disk.by, directory.path, "--web=off");
      const ada = await NativeClient.connect(server.url, "ada");
      for (const text of texts) await ada.publish("r", "note", text);
      await new TodoClient(server.url).create("groceries", "Milk");
      await server.end(signal);
    }
    disk.fillUp("ballast");

    await using server = await ServerProcess.startBy(disk.by, directory.path, "--web=off");
    expect(await health(server)).toBe(503);
    const bob = await NativeClient.connect(server.url, "bob");
    expect((await bob.log("r")).map(({ data }) => data)).toEqual(texts);
    const refused = await bob.request({ op: "publish", room: "r", type: "note", data: "late".repeat(3_000) });
    expect(refused).toMatchObject({ op: "error", name: "unavailable", retry: true });
    const todos = new TodoClient(server.url);
    const title = "x".repeat(500);
    expect((await todos.ask("POST", "", { list: "groceries", title })).status).toBe(503);
    expect(await health(server)).toBe(503);

    disk.free("ballast");
    await server.printed(/engine\.recovered/);
    expect(await health(server)).toBe(200);
    await bob.publish("r", "note", "kept again");
    while ((await todos.ask("GET", "?list=groceries")).status !== 200);
    expect((await todos.all("list=groceries")).map((todo) => todo.title)).toEqual(["Milk"]);
  },
);

test.skipIf(able === undefined)(
  "KEEP-7 ROOM-5: a copy of a log that is started on a full disk has a new epoch at once, and keeps it",
  async () => {
    using directory = scratchDirectory();
    const disk = await SmallDisk.open(directory.path, 16);
    if (disk === undefined) throw new Error(UNTESTED);
    await using _disk = disk;
    const start = () => ServerProcess.startBy(disk.by, directory.path, "--web=off");
    const epochIn = async (server: ServerProcess) =>
      (await (await NativeClient.connect(server.url, "reader")).history("r")).epoch;
    let before: string;
    {
      await using server = await start();
      const ada = await NativeClient.connect(server.url, "ada");
      before = (await ada.publish("r", "note", 1)).epoch;
      await server.end("SIGTERM");
    }
    disk.replaceByCopy("fanfare.db");
    disk.fillUp("ballast");
    let epoch: string;
    {
      await using server = await start();
      epoch = await epochIn(server);
      expect(epoch).not.toBe(before);
      expect(await health(server)).toBe(503);
      disk.free("ballast");
      await server.printed(/engine\.recovered/);
      const bob = await NativeClient.connect(server.url, "bob");
      expect(await bob.publish("r", "note", 2)).toMatchObject({ epoch, offset: 2 });
      await server.end("SIGKILL");
    }
    await using server = await start();
    expect(await epochIn(server)).toBe(epoch);
  },
);
