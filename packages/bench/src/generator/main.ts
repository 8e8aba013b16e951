/** The program of a generator process. */

import { answerOrders } from "../processes/answer-orders.ts";
import { Generator } from "./generator.ts";
import type { GeneratorOrders } from "./orders.ts";

const generator = new Generator();
answerOrders<GeneratorOrders>({
  gather: (order) => generator.gather(order),
  publish: (order) => generator.publish(order),
  hush: (order) => generator.hush(order),
  sample: (order) => generator.sample(order),
});
