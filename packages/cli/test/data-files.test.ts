import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { TodoClient } from "@fanfare/testing/todo-client";

/** Writes a message and a to-do. @returns the permissions of each data file while the server runs */
async function writeSome(server: ServerProcess, directory: string): Promise<Record<string, string>> {
  const ada = await NativeClient.connect(server.url, "ada");
  await ada.publish("r", "note", 1);
  await new TodoClient(server.url).create("groceries", "Milk");
  return permissionsIn(directory);
}

function permissionsIn(directory: string): Record<string, string> {
  const names = readdirSync(directory).sort();
  return Object.fromEntries(
    names.map((name) => [name, (statSync(join(directory, name)).mode & 0o777).toString(8)]),
  );
}

const FILES = [
  "fanfare.db",
  "fanfare.db-wal",
  "fanfare.mark",
  "todos.sqlite",
  "todos.sqlite-shm",
  "todos.sqlite-wal",
];
const PRIVATE = Object.fromEntries(FILES.map((name) => [name, "600"]));

test("KEEP-8: data files are this user's alone in a directory that others can read, which the log warns of", async () => {
  using place = scratchDirectory();
  const directory = join(place.path, "data");
  mkdirSync(directory);
  chmodSync(directory, 0o755);
  await using server = await ServerProcess.start(directory, "--web=off");
  expect(await writeSome(server, directory)).toEqual(PRIVATE);
  const [line = ""] = await server.printed(/.*data\.readable.*/);
  expect(JSON.parse(line)).toMatchObject({ level: "warn", directory, mode: "755" });
});

test("KEEP-8: files that an earlier version left readable are made private, in a private directory without a warning", async () => {
  using place = scratchDirectory();
  {
    await using server = await ServerProcess.start(place.path, "--web=off");
    await writeSome(server, place.path);
    await server.end("SIGKILL");
  }
  for (const name of readdirSync(place.path)) chmodSync(join(place.path, name), 0o644);
  await using server = await ServerProcess.start(place.path, "--web=off");
  expect(await writeSome(server, place.path)).toEqual(PRIVATE);
  expect(server.stdout).not.toContain("data.readable");
});
