import { RpcProcess } from "../processes/rpc-process.ts";
import type { RunScope } from "../processes/run-scope.ts";
import type { AttackName, AttackResult } from "./attack.ts";

export interface AttackerMethods {
  /** What the attack needs on the server before it begins. */
  readonly prepare: {
    readonly params: { readonly name: AttackName; readonly url: string };
    readonly result: boolean;
  };
  readonly attack: {
    readonly params: { readonly name: AttackName; readonly url: string };
    readonly result: AttackResult;
  };
}

/** Attacking clients in a child process, so that they do not slow the honest ones. */
export class AttackerProcess extends RpcProcess<AttackerMethods> {
  constructor(scope: RunScope) {
    super(scope, "attacker", new URL("./attacker-main.ts", import.meta.url));
  }
}
