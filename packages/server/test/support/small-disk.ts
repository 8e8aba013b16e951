import { closeSync, copyFileSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** How to get a mount namespace of our own: as root, or where the kernel lets everyone have one. */
const WAYS = [
  { enter: ["--mount"], leave: ["--mount"] },
  { enter: ["--user", "--map-root-user", "--mount"], leave: ["--user", "--preserve-credentials", "--mount"] },
] as const;

/**
 * A small file system in memory that can be full. Only what runs by `by` sees it, in a mount namespace that ends with
 * its last process: so it is unmounted however a test ends.
 */
export class SmallDisk {
  private constructor(
    private readonly holder: ReturnType<typeof hold>,
    private readonly mountPoint: string,
    private readonly how: (typeof WAYS)[number],
  ) {}

  /**
   * @param mountPoint an empty directory.
   * @returns undefined where nothing can be mounted.
   */
  static async open(mountPoint: string, megabytes: number): Promise<SmallDisk | undefined> {
    for (const how of WAYS) {
      const holder = hold(["unshare", ...how.enter], mountPoint, megabytes);
      const { value } = await holder.stdout.getReader().read();
      if (value !== undefined) return new SmallDisk(holder, mountPoint, how);
      await holder.exited;
    }
    return undefined;
  }

  /** A command that runs another where the disk is. */
  get by(): string[] {
    return ["nsenter", "--target", String(this.holder.pid), ...this.how.leave, "--"];
  }

  /** Takes away so much of the room, in a file. */
  async fill(file: string, megabytes: number): Promise<void> {
    await Bun.write(this.#path(file), new Uint8Array(megabytes * 1024 * 1024));
  }

  /** Takes away all of the room that is left, in a file. */
  fillUp(file: string): void {
    const descriptor = openSync(this.#path(file), "w");
    try {
      for (;;) writeSync(descriptor, new Uint8Array(4096));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    } finally {
      closeSync(descriptor);
    }
  }

  /** Replaces a file by a copy of it, as a restore from a backup does. */
  replaceByCopy(file: string): void {
    copyFileSync(this.#path(file), this.#path(`${file}.copy`));
    renameSync(this.#path(`${file}.copy`), this.#path(file));
  }

  /** Gives it back. */
  free(file: string): void {
    rmSync(this.#path(file));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.holder.kill("SIGKILL");
    await this.holder.exited;
  }

  #path(name: string): string {
    return join(`/proc/${this.holder.pid}/root`, this.mountPoint, name);
  }
}

function hold(by: readonly string[], mountPoint: string, megabytes: number) {
  const script = 'mount -t tmpfs -o "size=$1m" tmpfs "$0" && echo ready && exec cat';
  return Bun.spawn({
    cmd: [...by, "bash", "-c", script, mountPoint, String(megabytes)],
    stdio: ["pipe", "pipe", "ignore"], // `cat` ends when we do
  });
}
