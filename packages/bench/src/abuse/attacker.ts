import { ChildProgram } from "../processes/child-program.ts";
import type { Stage } from "../processes/stage.ts";
import type { AttackerOrders } from "./orders.ts";

/** Clients without manners, in a process of their own. */
export class Attacker extends ChildProgram<AttackerOrders> {
  constructor(stage: Stage) {
    super(stage, "attacker", new URL("./attacker-main.ts", import.meta.url));
  }
}
