import { residentMemory } from "@fanfare/testing/resident-memory";
import type { SaturationCommand } from "./command-line.ts";
import { inWords, thisMachine } from "./figures/machine.ts";
import { spreadOf } from "./figures/spread.ts";
import type { Sample } from "./generator/generator-methods.ts";
import { FanfareTarget } from "./loads/fanfare-target.ts";
import type { RunScope } from "./processes/run-scope.ts";

const MEGABYTE = 1024 ** 2;
const PUBLISHERS = 10;
const MEMBERS = 500;
const SIZE = 128;
/** Memory is flat if the second half's peak stays below the first half's by this much and a fifth. */
const SLACK = 64;
const GROWTH = 1.2;

/** Publishers that wait for nothing, into one full room. @returns whether every promise held */
export async function runSaturation(
  scope: RunScope,
  { seconds, server, engine }: SaturationCommand,
): Promise<boolean> {
  console.log(`Fanfare, ${engine} engine, and its load generator on one machine: ${inWords(thisMachine())}`);
  console.log(`${PUBLISHERS} publishers flat out into 1 room × ${MEMBERS}, ${SIZE} bytes, ${seconds} s\n`);
  const target = await FanfareTarget.start(
    scope,
    { program: server, engine },
    {
      dialect: "native",
      prefix: "bench:",
      rooms: 1,
      listeners: MEMBERS,
      publishers: PUBLISHERS,
      publishersJoin: false,
      rest: 0,
    },
    { size: SIZE, window: null, batch: false },
  );
  const memory = await watch(target, seconds);
  await target.end();
  const end = await sampleOf(target);
  await target.stop();
  return judge(memory, end);
}

/** @returns the server's resident memory in MB, once a second */
async function watch(target: FanfareTarget, seconds: number): Promise<number[]> {
  const memory: number[] = [];
  let last = await sampleOf(target);
  await target.begin();
  console.log("   s  server MB     acks/s  deliveries/s  listening");
  for (let second = 1; second <= seconds; second += 1) {
    await Bun.sleep(1_000);
    const resident = residentMemory(target.serverPid) / MEGABYTE;
    const now = await sampleOf(target);
    const perSecond = (count: number) => Math.round((count / (now.at - last.at)) * 1000);
    const cells = [
      String(second).padStart(4),
      resident.toFixed(0).padStart(9),
      thousands(perSecond(now.acks - last.acks)).padStart(9),
      thousands(perSecond(now.deliveries - last.deliveries)).padStart(12),
      String(now.listening).padStart(9),
    ];
    console.log(cells.join("  "));
    memory.push(resident);
    last = now;
  }
  return memory;
}

function judge(memory: readonly number[], end: Sample): boolean {
  const half = Math.floor(memory.length / 2);
  const first = spreadOf(memory.slice(0, half));
  const second = spreadOf(memory.slice(half));
  const bound = first.high * GROWTH + SLACK;
  const closes = Object.entries(end.closes).map(([who, count]) => `${count} × ${who}`);
  console.log(`
written       ${thousands(end.sent)}
acknowledged  ${thousands(end.acks)}
delivered     ${thousands(end.deliveries)}
closed        ${closes.length === 0 ? "none" : closes.join(", ")}
memory        first half ${inMegabytes(first)}, second half ${inMegabytes(second)} (lowest, median, highest MB)
`);
  const verdicts = [
    verdict(
      second.high <= bound,
      `memory is flat: ${second.high.toFixed(0)} MB, at most ${bound.toFixed(0)} MB`,
    ),
    verdict(
      end.faultCount === 0,
      "no gap, no repeat, no refusal, and every acknowledged message reached every member",
    ),
    verdict(
      end.listening >= MEMBERS / 2 && end.acks > 0,
      `${end.listening} of ${MEMBERS} members stayed to the end`,
    ),
  ];
  for (const fault of end.faults) console.log(`FAULT  ${fault}`);
  if (end.faultCount > end.faults.length)
    console.log(`FAULT  and ${end.faultCount - end.faults.length} more`);
  return verdicts.every((held) => held);
}

function verdict(held: boolean, what: string): boolean {
  console.log(`${held ? "PASS" : "FAIL"}  ${what}`);
  return held;
}

function sampleOf({ generator, serverPid }: FanfareTarget): Promise<Sample> {
  return generator.call("sample", { serverPid });
}

function inMegabytes({ low, median, high }: { low: number; median: number; high: number }): string {
  return [low, median, high].map((value) => value.toFixed(0)).join(" / ");
}

function thousands(count: number): string {
  return count.toLocaleString("en-US");
}
