import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { RpcProcess } from "../src/processes/rpc-process.ts";
import { RunScope } from "../src/processes/run-scope.ts";

interface ParrotMethods {
  readonly say: { readonly params: string; readonly result: string };
  readonly die: { readonly params: null; readonly result: null };
}

const rpcServer = Bun.fileURLToPath(new URL("../src/processes/rpc-server.ts", import.meta.url));
const PARROT = `
  import { serveRpc } from ${JSON.stringify(rpcServer)};
  serveRpc({
    say: async (text) => { if (text === "") throw new Error("nothing to say"); return text + "!"; },
    die: () => process.exit(3),
  });
`;

/** A child process in a scope of its own. */
function parrot() {
  const scope = new RunScope();
  const folder = scope.folder();
  const file = join(folder, "parrot.ts");
  writeFileSync(file, PARROT);
  return { scope, folder, child: new RpcProcess<ParrotMethods>(scope, "parrot", pathToFileURL(file)) };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("a child answers calls in their order, and errors by their text", async () => {
  const { scope, child } = parrot();
  const answers = Promise.all(["a", "b", "c"].map((text) => child.call("say", text)));
  expect(await answers).toEqual(["a!", "b!", "c!"]);
  await expect(child.call("say", "")).rejects.toThrow("parrot: nothing to say");
  expect(await child.call("say", "d")).toBe("d!");
  await scope.clear();
});

test("a call to a child that dies is an error", async () => {
  const { scope, child } = parrot();
  await expect(child.call("die", null)).rejects.toThrow("parrot ended with 3");
  await scope.clear();
});

test("clear ends the children and removes the folders", async () => {
  const { scope, folder, child } = parrot();
  await child.call("say", "hello");
  await scope.clear();
  expect(isAlive(child.pid)).toBe(false);
  expect(existsSync(folder)).toBe(false);
});

test.skipIf(process.platform !== "linux")(
  "an interrupted run leaves nothing behind",
  async () => {
    const temporary = mkdtempSync(join(tmpdir(), "fanfare-bench-test-"));
    const main = Bun.fileURLToPath(new URL("../src/main.ts", import.meta.url));
    const run = Bun.spawn([process.execPath, main, "saturation", "--seconds", "60", "--engine", "memory"], {
      env: { ...process.env, TMPDIR: temporary },
      stdout: "pipe",
      stderr: "inherit",
    });
    let printed = "";
    for await (const bytes of run.stdout) {
      printed += Buffer.from(bytes);
      if (!/^ +1 +\d/m.test(printed)) continue;
      break;
    }
    const children = (await Bun.file(`/proc/${run.pid}/task/${run.pid}/children`).text())
      .trim()
      .split(" ")
      .map(Number);
    expect(children.length).toBe(2);
    expect(children.every(isAlive)).toBe(true);
    run.kill("SIGINT");
    expect(await run.exited).toBe(130);
    expect(children.some(isAlive)).toBe(false);
    expect([...new Bun.Glob("*").scanSync({ cwd: temporary, onlyFiles: false })]).toEqual([]);
    rmSync(temporary, { recursive: true });
  },
  20_000,
);
