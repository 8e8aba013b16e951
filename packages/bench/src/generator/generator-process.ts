import { RpcProcess } from "../processes/rpc-process.ts";
import type { RunScope } from "../processes/run-scope.ts";
import type { GeneratorMethods } from "./generator-methods.ts";

/** A generator in a child process, so that the server has its processor to itself. */
export class GeneratorProcess extends RpcProcess<GeneratorMethods> {
  constructor(scope: RunScope) {
    super(scope, "generator", new URL("./generator-main.ts", import.meta.url));
  }
}
