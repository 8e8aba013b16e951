#!/usr/bin/env node
/** The `fanfare` command: Node finds Bun, Bun runs the program. */

import { fileURLToPath } from "node:url";
import { runBun } from "../../../scripts/bun.mjs";
import { runProgram } from "../../../scripts/program.mjs";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
await runProgram(() => runBun([main, ...process.argv.slice(2)]));
