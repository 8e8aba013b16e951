import { ChildProgram } from "../processes/child-program.ts";
import type { Stage } from "../processes/stage.ts";
import type { GeneratorOrders } from "./orders.ts";

/** A generator in a process of its own, so that the server has its processor to itself. */
export class GeneratorProcess extends ChildProgram<GeneratorOrders> {
  constructor(stage: Stage) {
    super(stage, "generator", new URL("./main.ts", import.meta.url));
  }
}
