import { expect, test } from "bun:test";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("./support/server-page.ts", import.meta.url));

test("components are rendered on a server that has no WebSocket and no page, and nothing is connected", async () => {
  const child = Bun.spawn({ cmd: [process.execPath, program], stdio: ["ignore", "pipe", "pipe"] });
  const [output, complaints] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  expect(complaints).toBe("");
  expect(output).toBe("<p>idle idle 0 0 0 </p>\n");
});
