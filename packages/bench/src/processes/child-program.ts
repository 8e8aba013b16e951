import type { OrderMessage, Orders, ReplyMessage } from "./orders.ts";
import type { Stage } from "./stage.ts";

/** A program of the bench in a process of its own, which takes orders (see `answerOrders`). */
export class ChildProgram<Kinds extends Orders<Kinds>> {
  readonly #child: Bun.Subprocess;
  readonly #name: string;
  readonly #waiting: { resolve(reply: unknown): void; reject(error: Error): void }[] = [];

  /** @param file the program's main file */
  constructor(stage: Stage, name: string, file: URL) {
    this.#name = name;
    this.#child = stage.spawn([Bun.fileURLToPath(file)], {
      stdin: "ignore",
      stdout: "inherit",
      stderr: "inherit",
      serialization: "json",
      ipc: (message: ReplyMessage) => this.#reply(message),
      onExit: (_, code, signal) => this.#ended(`${name} ended with ${signal ?? code}`),
    });
  }

  get pid(): number {
    return this.#child.pid;
  }

  ask<Kind extends keyof Kinds & string>(
    kind: Kind,
    order: Kinds[Kind]["order"],
  ): Promise<Kinds[Kind]["reply"]> {
    const { promise, ...waiting } = Promise.withResolvers<unknown>();
    this.#waiting.push(waiting);
    this.#child.send({ kind, order } satisfies OrderMessage);
    return promise as Promise<Kinds[Kind]["reply"]>;
  }

  /** Ends the process and waits for that. */
  async end(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }

  #reply(message: ReplyMessage): void {
    const waiting = this.#waiting.shift();
    if ("error" in message) waiting?.reject(new Error(`${this.#name}: ${message.error}`));
    else waiting?.resolve(message.reply);
  }

  #ended(how: string): void {
    for (const waiting of this.#waiting.splice(0)) waiting.reject(new Error(how));
  }
}
