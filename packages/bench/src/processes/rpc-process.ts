import type { RpcMethods, RpcRequest, RpcResponse } from "./rpc.ts";
import type { RunScope } from "./run-scope.ts";

/** A program of the benchmark in a child process, which calls its methods over IPC (see `serveRpc`). */
export class RpcProcess<Methods extends RpcMethods<Methods>> {
  readonly #child: Bun.Subprocess;
  readonly #name: string;
  readonly #pending: { resolve(result: unknown): void; reject(error: Error): void }[] = [];

  /** @param file the program's main file */
  constructor(scope: RunScope, name: string, file: URL) {
    this.#name = name;
    this.#child = scope.spawn([Bun.fileURLToPath(file)], {
      stdin: "ignore",
      stdout: "inherit",
      stderr: "inherit",
      serialization: "json",
      ipc: (response: RpcResponse) => this.#settle(response),
      onExit: (_, code, signal) => this.#rejectAll(`${name} ended with ${signal ?? code}`),
    });
  }

  get pid(): number {
    return this.#child.pid;
  }

  call<Method extends keyof Methods & string>(
    method: Method,
    params: Methods[Method]["params"],
  ): Promise<Methods[Method]["result"]> {
    const { promise, ...pending } = Promise.withResolvers<unknown>();
    this.#pending.push(pending);
    this.#child.send({ method, params } satisfies RpcRequest);
    return promise as Promise<Methods[Method]["result"]>;
  }

  /** Kills the process and waits until it has exited. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }

  #settle(response: RpcResponse): void {
    const pending = this.#pending.shift();
    if ("error" in response) pending?.reject(new Error(`${this.#name}: ${response.error}`));
    else pending?.resolve(response.result);
  }

  #rejectAll(reason: string): void {
    for (const pending of this.#pending.splice(0)) pending.reject(new Error(reason));
  }
}
