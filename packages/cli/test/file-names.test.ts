import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { FanfareProcess, ServerProcess } from "@fanfare/testing/server-process";
import { TodoClient } from "@fanfare/testing/todo-client";
import { refusal } from "./support/refusal.ts";

const ODD = ["a?mode=ro", "file:x?mode=memory", `b?c#d%41 e'f"g\\h;i`];

for (const name of ODD) {
  test(`CONFIG-2: a server whose data directory is called ${JSON.stringify(name)} keeps everything there`, async () => {
    using place = scratchDirectory();
    const data = join(place.path, name);
    for (let start = 1; start <= 2; start++) {
      await using server = await ServerProcess.start(data, "--web=off");
      const todos = new TodoClient(server.url);
      expect((await todos.ask("POST", "", { list: "l", title: `${start}` })).status).toBe(201);
      const { body } = await todos.ask("GET", "?list=l");
      expect(body).toMatchObject({ todos: Array.from({ length: start }, (_, i) => ({ title: `${i + 1}` })) });
      expect(await server.end("SIGTERM")).toMatchObject({ code: 0 });
    }
    expect(readdirSync(place.path)).toEqual([name]);
    expect(readdirSync(data)).toEqual(expect.arrayContaining(["fanfare.db", "todos.sqlite"]));
  });

  test(`CONFIG-2: so does one whose configuration file and socket are in ${JSON.stringify(name)}`, async () => {
    using place = scratchDirectory();
    const directory = join(place.path, name);
    mkdirSync(directory);
    const file = join(directory, "c?#%41.toml");
    writeFileSync(file, "socket = 's?#%41'\ndata = 'd?#%41'\n");
    await using server = new FanfareProcess(["serve", "--web=off", "--log-format=text", "--config", file]);
    await server.printed(/Ctrl-C stops it\.\n/);
    const [, command = ""] = /^ +health +(.+)$/m.exec(server.stdout) ?? [];
    const words = Bun.spawnSync(["sh", "-c", `printf '%s\\0' ${command}`])
      .stdout.toString()
      .split("\0");
    expect(words.slice(0, 3)).toEqual(["curl", "--unix-socket", join(directory, "s?#%41")]);
    const health = await fetch("http://localhost/health", { unix: words[2] ?? "" });
    expect(health.status).toBe(200);
    expect(readdirSync(place.path)).toEqual([name]);
    expect(readdirSync(directory).sort()).toEqual(["c?#%41.toml", "d?#%41", "s?#%41"]);
  });
}

test("CONFIG-2: a name with NUL is refused", async () => {
  using place = scratchDirectory();
  const file = join(place.path, "fanfare.toml");
  writeFileSync(file, 'data = "a\\u0000b"\n');
  expect(await refusal(["config", "--config", file])).toBe(
    `${file}:1:1: data is "a\\u0000b"; it takes a directory such as ./data`,
  );
});
