import { writeFileSync } from "node:fs";
import { LOAD_NAMES, type LoadName, type QuickCommand } from "./command-line.ts";
import { inWords, thisMachine } from "./figures/machine.ts";
import type { Section } from "./figures/section.ts";
import { tableOf } from "./figures/table.ts";
import { measureDurable } from "./loads/durable.ts";
import { measureFanOut } from "./loads/fan-out.ts";
import { measureIdle } from "./loads/idle.ts";
import type { RunScope } from "./processes/run-scope.ts";
import type { ServerSettings } from "./servers/fanfare-server.ts";

type Load = (scope: RunScope, settings: ServerSettings) => Promise<Section>;

const LOADS: Readonly<Record<LoadName, Load>> = {
  durable: measureDurable,
  native: (scope, settings) => measureFanOut(scope, settings, "native"),
  chat: (scope, settings) => measureFanOut(scope, settings, "chat"),
  idle: measureIdle,
};

/** All figures in a minute and a half. @returns whether nothing went wrong */
export async function runQuick(
  scope: RunScope,
  { only, json, server, engine }: QuickCommand,
): Promise<boolean> {
  if (json !== undefined) writeFileSync(json, ""); // a name that cannot be written is an error now, not in a minute
  const machine = thisMachine();
  const started = performance.now();
  console.log(`Fanfare, ${engine} engine, and its load generator on one machine: ${inWords(machine)}\n`);
  const sections: Section[] = [];
  for (const name of LOAD_NAMES) {
    if (!only.includes(name)) continue;
    const section = await LOADS[name](scope, { program: server, engine });
    console.log(`${tableOf(section)}\n`);
    sections.push(section);
  }
  const faults = sections.flatMap((section) => section.faults);
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${seconds.toFixed(0)} s; ${faults.length === 0 ? "no faults" : `${faults.length} FAULTS, see above`}`,
  );
  if (json !== undefined) {
    writeFileSync(json, `${JSON.stringify({ machine, engine, seconds, sections }, null, 2)}\n`);
  }
  return faults.length === 0;
}
