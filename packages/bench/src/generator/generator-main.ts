/** The program of a generator process. */

import { serveRpc } from "../processes/rpc-server.ts";
import { Generator } from "./generator.ts";
import type { GeneratorMethods } from "./generator-methods.ts";

const generator = new Generator();
serveRpc<GeneratorMethods>({
  connect: (options) => generator.connect(options),
  publish: (options) => generator.publish(options),
  drain: (options) => generator.drain(options),
  sample: (options) => generator.sample(options),
});
