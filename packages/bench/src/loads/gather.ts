import { GeneratorProcess } from "../generator/generator-process.ts";
import type { Gathering } from "../generator/orders.ts";
import type { Stage } from "../processes/stage.ts";

/** Milliseconds between a generator's turns where only the count matters: a third cheaper than without. */
export const REST = 2;

/** Starts a generator of its own and lets it connect everybody. */
export async function gather(stage: Stage, order: Gathering): Promise<GeneratorProcess> {
  const generator = new GeneratorProcess(stage);
  await generator.ask("gather", order);
  return generator;
}
