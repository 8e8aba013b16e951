import { residentMemory } from "@fanfare/testing/resident-memory";
import { inWords, thisMachine } from "../figures/machine.ts";
import type { RunScope } from "../processes/run-scope.ts";
import { settledMemory } from "../processes/settled-memory.ts";
import { FanfareServer } from "../servers/fanfare-server.ts";
import { ATTACKS, type AttackName, WAITING_PER_NODE } from "./attack.ts";
import { AttackerProcess } from "./attacker-process.ts";
import { HonestClients } from "./honest-clients.ts";
import { HonestReader } from "./honest-reader.ts";

const MEGABYTE = 1024 ** 2;
/** MB by which the memory may grow, besides bytes that may wait for clients. */
const AIM = 64;
/** Milliseconds before an attack in which the latency without it is measured. */
const CALM = 4_000;

/** Runs each attack on a server of its own, beside honest clients. @returns whether the honest ones noticed no fault */
export async function runAbuse(
  scope: RunScope,
  only: readonly AttackName[],
  rates: "on" | "off",
): Promise<boolean> {
  console.log(`Fanfare with rates ${rates}: ${inWords(thisMachine())}`);
  console.log(
    "memory of the server in MB; p99 in ms at honest clients: from a publish to its message, calm and then,",
  );
  console.log("and from a request for to-dos to its response, then\n");
  const row = (cells: readonly string[]) => {
    const [name = "", ...rest] = cells;
    const widths = [8, 8, 8, 8, 9, 9, 9];
    return `${name.padEnd(16)}${rest.map((cell, i) => cell.padStart(widths[i] ?? 0)).join("")}`;
  };
  console.log(row(["", "before", "most", "after", "grown", "p99 calm", "p99 then", "to-dos"]));
  const faults: string[] = [];
  for (const name of ATTACKS.filter((each) => only.includes(each))) {
    const waiting = WAITING_PER_NODE[name];
    const flags = ["--web", "off", "--rates-apply", rates, "--trusted-proxy", "127.0.0.1"];
    if (waiting !== undefined) flags.push("--limits-waiting-per-node", `${waiting}MiB`);
    const server = await FanfareServer.start(scope, { flags });
    const attacker = new AttackerProcess(scope);
    await attacker.call("prepare", { name, url: server.url });
    const clients = new HonestClients();
    await clients.join(server.url);
    clients.askForTodos(server.url);
    const reader = new HonestReader();
    await reader.begin(server.url);
    const before = (await settledMemory(server.pid)) / MEGABYTE;
    for (const each of [clients.latency, reader.history, reader.joins]) each.clear();
    await Bun.sleep(CALM);
    const calm = clients.latency.quantile(0.99);
    const calmReads = medians(reader);
    for (const each of [clients.latency, clients.todoLatency, reader.history, reader.joins]) each.clear();
    const loggedBefore = server.logged;
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, (residentMemory(server.pid) || 0) / MEGABYTE);
    }, 100);
    const { connections, endings, done } = await attacker.call("attack", { name, url: server.url });
    const then = clients.latency.quantile(0.99);
    const todos = clients.todoLatency.quantile(0.99);
    const thenReads = medians(reader);
    const logged = (server.logged - loggedBefore) / 1_000;
    clearInterval(watch);
    const after = (await settledMemory(server.pid)) / MEGABYTE;
    most = Math.max(most, before, after);
    clients.close();
    reader.close();
    await attacker.kill();
    await server.stop();
    const figures = [before, most, after, after - before].map((figure) => figure.toFixed(0));
    console.log(row([name, ...figures, calm.toFixed(1), inMs(then), inMs(todos)]));
    const list = Object.entries(endings).map(([how, count]) => `${count} × ${how}`);
    console.log(`  ${connections} ${done}; they ended: ${list.join(", ")}`);
    console.log(
      `  an honest page of history, p50: ${calmReads.history} → ${thenReads.history} ms; a join: ${calmReads.joins} → ${thenReads.joins} ms`,
    );
    console.log(`  the log grew by ${logged.toFixed(1)} KB`);
    const grown = most - before;
    const aim = AIM + (waiting ?? 0);
    if (grown >= aim)
      console.log(`  NOTE  memory grew by ${grown.toFixed(0)} MB meanwhile; the aim is ${aim}`);
    for (const fault of [...new Set([...clients.faults, ...reader.faults])].slice(0, 5))
      faults.push(`${name}: ${fault}`);
    if (server.errors !== "") faults.push(`${name}: ${server.errors}`);
  }
  for (const fault of faults) console.log(`  FAULT  ${fault}`);
  console.log(faults.length === 0 ? "\nno faults\n" : `\n${faults.length} FAULTS\n`);
  return faults.length === 0;
}

function medians({ history, joins }: HonestReader) {
  return { history: inMs(history.quantile(0.5)), joins: inMs(joins.quantile(0.5)) };
}

/** NaN where the attack ended before an honest message arrived. */
function inMs(time: number): string {
  return Number.isNaN(time) ? "–" : time.toFixed(1);
}
