import { residentMemory } from "@fanfare/testing/resident-memory";
import { inWords, thisMachine } from "../figures/machine.ts";
import { settledMemory } from "../processes/settled-memory.ts";
import type { Stage } from "../processes/stage.ts";
import { FanfareServer, SERVER_PROGRAM } from "../targets/fanfare-server.ts";
import { Attacker } from "./attacker.ts";
import { Citizens } from "./citizens.ts";
import { ATTACKS, type Attack } from "./orders.ts";

const MEGABYTE = 1024 ** 2;
/** Memory may grow by so much, MB, for good. */
const AIM = 64;
const CALM = 4_000;

/** Attacks a server of its own in every way, beside honest clients. @returns whether nobody else was harmed */
export async function runAbuse(stage: Stage, only: readonly Attack[], rates: "on" | "off"): Promise<boolean> {
  console.log(`Fanfare with rates ${rates}: ${inWords(thisMachine())}`);
  console.log("memory of the server in MB; from a publish to its message at an honest member, p99 in ms\n");
  const row = (cells: readonly string[]) => {
    const [name = "", ...rest] = cells;
    const widths = [8, 8, 8, 8, 9, 9];
    return `${name.padEnd(16)}${rest.map((cell, i) => cell.padStart(widths[i] ?? 0)).join("")}`;
  };
  console.log(row(["", "before", "most", "after", "grown", "p99 calm", "p99 then"]));
  const faults: string[] = [];
  for (const name of ATTACKS.filter((each) => only.includes(each))) {
    const server = await FanfareServer.start(stage, {
      program: SERVER_PROGRAM,
      flags: ["--web", "off", "--rates-apply", rates],
    });
    const attacker = new Attacker(stage);
    const citizens = new Citizens();
    await citizens.settle(server.url);
    const before = (await settledMemory(server.pid)) / MEGABYTE;
    citizens.latency.clear();
    await Bun.sleep(CALM);
    const calm = citizens.latency.quantile(0.99);
    citizens.latency.clear();
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, (residentMemory(server.pid) || 0) / MEGABYTE);
    }, 100);
    const { offenders, endings, done } = await attacker.ask("attack", { name, url: server.url });
    const then = citizens.latency.quantile(0.99);
    clearInterval(watch);
    const after = (await settledMemory(server.pid)) / MEGABYTE;
    most = Math.max(most, before, after);
    citizens.leave();
    await attacker.end();
    await server.stop();
    const figures = [before, most, after, after - before].map((figure) => figure.toFixed(0));
    console.log(row([name, ...figures, calm.toFixed(1), inMs(then)]));
    const list = Object.entries(endings).map(([how, count]) => `${count} × ${how}`);
    console.log(`  ${offenders} ${done}; they ended: ${list.join(", ")}`);
    const grown = most - before;
    if (grown >= AIM)
      console.log(`  NOTE  memory grew by ${grown.toFixed(0)} MB meanwhile; the aim is ${AIM}`);
    for (const fault of [...new Set(citizens.faults)].slice(0, 5)) faults.push(`${name}: ${fault}`);
    if (server.complaints !== "") faults.push(`${name}: ${server.complaints}`);
  }
  for (const fault of faults) console.log(`  FAULT  ${fault}`);
  console.log(faults.length === 0 ? "\nno faults\n" : `\n${faults.length} FAULTS\n`);
  return faults.length === 0;
}

/** An attack may be over before an honest message has come. */
function inMs(time: number): string {
  return Number.isNaN(time) ? "–" : time.toFixed(1);
}
