import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { TodoClient } from "@fanfare/testing/todo-client";

/** What a server keeps: the messages of a room, and the to-dos of a list. */
async function contentOf(server: ServerProcess) {
  const reader = await NativeClient.connect(server.url, "reader");
  const messages = (await reader.log("r")).map(({ data }) => data);
  const todos = (await new TodoClient(server.url).all("list=groceries")).map(({ title }) => title);
  await reader.close();
  return { messages, todos };
}

test("KEEP-1: a data directory that is copied after a stop, as docs/data.md says, has everything", async () => {
  using place = scratchDirectory();
  const [data, copy] = [join(place.path, "data"), join(place.path, "backup")];
  const server = await ServerProcess.start(data, "--web=off");
  await using _server = server;
  const ada = await NativeClient.connect(server.url, "ada");
  for (let i = 0; i < 50; i++) await ada.publish("r", "note", i);
  await new TodoClient(server.url).create("groceries", "Milk");
  const content = await contentOf(server);
  expect(content).toEqual({ messages: Array.from({ length: 50 }, (_, i) => i), todos: ["Milk"] });
  await server.end("SIGTERM");
  cpSync(data, copy, { recursive: true, preserveTimestamps: true });
  await using restored = await ServerProcess.start(copy, "--web=off");
  expect(await contentOf(restored)).toEqual(content);
  expect(restored.stdout).toContain("engine.new_epoch");
});

test("ENGINE-14: a backup of fanfare.db by another program while the server runs is refused, and harms nothing", async () => {
  using place = scratchDirectory();
  await using server = await ServerProcess.start(place.path, "--web=off");
  const ada = await NativeClient.connect(server.url, "ada");
  await ada.publish("r", "note", 1);
  const backup = () => {
    using other = new Database(join(place.path, "fanfare.db"), { readonly: true });
    other.run("vacuum into ?", [join(place.path, "backup.db")]);
  };
  expect(backup).toThrow("database is locked");
  await ada.publish("r", "note", 2);
  expect((await ada.log("r")).map(({ data }) => data)).toEqual([1, 2]);
});
