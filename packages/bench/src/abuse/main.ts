/** `npm run abuse`: attacks servers of its own at full size, and reports what that costs everyone else. */

import { parseArgs } from "node:util";
import { RunScope } from "../processes/run-scope.ts";
import { runAbuse } from "./abuse.ts";
import { ATTACKS } from "./attack.ts";

const HELP = `usage: npm run abuse [-- flags]

  --only LIST   some of ${ATTACKS.join(",")}
  --rates R     on or off                    (off, and then on)`;

const scope = new RunScope();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, async () => {
    await scope.clear();
    process.exit(1);
  });
}

const { values } = parseArgs({
  options: { only: { type: "string" }, rates: { type: "string" }, help: { type: "boolean" } },
});
const wanted = values.only?.split(",") ?? [...ATTACKS];
const only = ATTACKS.filter((name) => wanted.includes(name));
if (values.help === true || only.length !== wanted.length || !/^(on|off)?$/.test(values.rates ?? "")) {
  console.log(HELP);
  process.exit(values.help === true ? 0 : 2);
}
const results: boolean[] = [];
for (const rates of ["off", "on"] as const) {
  if (values.rates !== undefined && values.rates !== rates) continue;
  results.push(await runAbuse(scope, only, rates));
}
await scope.clear();
process.exit(results.every(Boolean) ? 0 : 1);
