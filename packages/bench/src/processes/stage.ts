import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Milliseconds that a child has to end by itself. */
const PATIENCE = 5_000;

/** The child processes and folders of a run: whatever is put here is gone after `clear`, and when this process ends. */
export class Stage {
  readonly #children = new Set<Bun.Subprocess>();
  readonly #folders = new Set<string>();

  constructor() {
    process.on("exit", () => this.#clearNow());
  }

  /** Runs Bun, which goes when this process goes, even by `kill -9`. */
  spawn<
    const In extends Bun.Spawn.Writable,
    const Out extends Bun.Spawn.Readable,
    const Err extends Bun.Spawn.Readable,
  >(args: string[], options: Bun.Spawn.SpawnOptions<In, Out, Err>): Bun.Subprocess<In, Out, Err> {
    const child = Bun.spawn([process.execPath, "--no-orphans", "--no-install", ...args], options);
    this.#children.add(child);
    child.exited.then(() => this.#children.delete(child));
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
    const gone = Promise.all(children.map((child) => child.exited));
    await Promise.race([gone, Bun.sleep(PATIENCE)]);
    this.#clearNow();
  }

  #clearNow(): void {
    for (const child of this.#children) child.kill("SIGKILL");
    this.#children.clear();
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
    this.#folders.clear();
  }
}
