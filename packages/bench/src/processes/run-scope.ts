import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Milliseconds that a child has to exit after SIGTERM. */
const PATIENCE = 5_000;

interface Child {
  kill(signal: NodeJS.Signals): void;
  readonly exited: Promise<unknown>;
}

/** The child processes and folders of a run, which `clear` and the end of this process remove. */
export class RunScope {
  readonly #children = new Set<Child>();
  readonly #folders = new Set<string>();

  constructor() {
    process.on("exit", () => this.#clearNow());
  }

  /** Runs Bun with `--no-orphans`, so that the child ends with this process, even by `kill -9`. */
  spawn<
    const In extends Bun.Spawn.Writable,
    const Out extends Bun.Spawn.Readable,
    const Err extends Bun.Spawn.Readable,
  >(args: string[], options: Bun.Spawn.SpawnOptions<In, Out, Err>): Bun.Subprocess<In, Out, Err> {
    return this.add(Bun.spawn([process.execPath, "--no-orphans", "--no-install", ...args], options));
  }

  /** Adds a child that something else started. */
  add<C extends Child>(child: C): C {
    this.#children.add(child);
    void child.exited.then(() => this.#children.delete(child));
    return child;
  }

  /** @returns a new empty folder */
  folder(): string {
    const path = mkdtempSync(join(tmpdir(), "fanfare-bench-"));
    this.#folders.add(path);
    return path;
  }

  /** Ends all children, by force if they take too long, and removes the folders. */
  async clear(): Promise<void> {
    const children = [...this.#children];
    for (const child of children) child.kill("SIGTERM");
    const exited = Promise.all(children.map((child) => child.exited));
    await Promise.race([exited, Bun.sleep(PATIENCE)]);
    this.#clearNow();
  }

  #clearNow(): void {
    for (const child of this.#children) child.kill("SIGKILL");
    this.#children.clear();
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
    this.#folders.clear();
  }
}
