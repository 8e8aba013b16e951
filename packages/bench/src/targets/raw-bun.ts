import { ChildProgram } from "../processes/child-program.ts";
import type { Stage } from "../processes/stage.ts";
import type { RawBunOrders } from "./raw-bun-orders.ts";

/** A bare `Bun.serve` that publishes by itself. */
export class RawBun extends ChildProgram<RawBunOrders> {
  constructor(stage: Stage) {
    super(stage, "raw Bun", new URL("./raw-bun-main.ts", import.meta.url));
  }
}
