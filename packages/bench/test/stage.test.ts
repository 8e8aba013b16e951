import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ChildProgram } from "../src/processes/child-program.ts";
import { Stage } from "../src/processes/stage.ts";

interface ParrotOrders {
  readonly say: { readonly order: string; readonly reply: string };
  readonly die: { readonly order: null; readonly reply: null };
}

const answerOrders = Bun.fileURLToPath(new URL("../src/processes/answer-orders.ts", import.meta.url));
const PARROT = `
  import { answerOrders } from ${JSON.stringify(answerOrders)};
  answerOrders({
    say: async (text) => { if (text === "") throw new Error("nothing to say"); return text + "!"; },
    die: () => process.exit(3),
  });
`;

/** A child program on a stage of its own. */
function parrot() {
  const stage = new Stage();
  const folder = stage.folder();
  const file = join(folder, "parrot.ts");
  writeFileSync(file, PARROT);
  return { stage, folder, child: new ChildProgram<ParrotOrders>(stage, "parrot", pathToFileURL(file)) };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("a child answers orders in their order, and errors by their text", async () => {
  const { stage, child } = parrot();
  const answers = Promise.all(["a", "b", "c"].map((text) => child.ask("say", text)));
  expect(await answers).toEqual(["a!", "b!", "c!"]);
  await expect(child.ask("say", "")).rejects.toThrow("parrot: nothing to say");
  expect(await child.ask("say", "d")).toBe("d!");
  await stage.clear();
});

test("an order to a child that dies is an error", async () => {
  const { stage, child } = parrot();
  await expect(child.ask("die", null)).rejects.toThrow("parrot ended with 3");
  await stage.clear();
});

test("clear ends the children and removes the folders", async () => {
  const { stage, folder, child } = parrot();
  await child.ask("say", "hello");
  await stage.clear();
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
