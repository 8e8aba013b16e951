import type { Subprocess } from "bun";

/** A WebSocket client in a process of its own, so that it can be killed as a client is when its machine kills it. */
export class ClientProcess {
  readonly #child: Subprocess;

  /** @param url of the WebSocket, which it opens and keeps. */
  constructor(url: URL) {
    const program = `new WebSocket(${JSON.stringify(url.href.replace(/^http/, "ws"))}); setInterval(() => {}, 1000);`;
    this.#child = Bun.spawn({
      cmd: [process.execPath, "--no-orphans", "-e", program],
      stdio: ["ignore", "ignore", "inherit"],
    });
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
