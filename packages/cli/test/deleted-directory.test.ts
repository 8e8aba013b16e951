import { expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { refusal } from "./support/refusal.ts";

const BIN = fileURLToPath(new URL("../bin/fanfare.mjs", import.meta.url));
const DELETED = 'directory=$(mktemp -d) && cd "$directory" && rmdir "$directory" && exec "$0" "$@"';
const SENTENCE = "the working directory was deleted; change to another one, and start again";

for (const command of ["serve --port 0 --data /nowhere", "serve --port 0", "config"]) {
  test(`CONFIG-3: in a working directory that was deleted, "${command}" says so in one sentence`, async () => {
    expect(await refusal(command.split(" "), undefined, ["bash", "-c", DELETED])).toBe(SENTENCE);
  });
}

test("CONFIG-3: so does the command that Node runs", async () => {
  const child = Bun.spawn(["bash", "-c", DELETED, "node", BIN, "config"], { stderr: "pipe", stdout: "pipe" });
  expect([await new Response(child.stderr).text(), await new Response(child.stdout).text()]).toEqual([
    `fanfare: ${SENTENCE}\n`,
    "",
  ]);
  expect(await child.exited).toBe(2);
});
