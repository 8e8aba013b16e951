import { RpcProcess } from "../processes/rpc-process.ts";
import type { RunScope } from "../processes/run-scope.ts";

export interface RawBunMethods {
  readonly listen: { readonly params: null; readonly result: { readonly port: number } };
  /** Publishes the text to every client, as fast as it can, until `stop`. */
  readonly pump: {
    readonly params: { readonly text: string; readonly perTurn: number };
    readonly result: null;
  };
  readonly stop: { readonly params: null; readonly result: { readonly published: number } };
}

/** A bare `Bun.serve` that publishes by itself. */
export class RawBunProcess extends RpcProcess<RawBunMethods> {
  constructor(scope: RunScope) {
    super(scope, "raw Bun", new URL("./raw-bun-main.ts", import.meta.url));
  }
}
