import { setDefaultTimeout, test } from "bun:test";
import { RestartableServer } from "@fanfare/testing/restartable-server";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { SeededRandom } from "@fanfare/testing/seeded-random";
import { ServerProcess } from "@fanfare/testing/server-process";
import { drawSchedule } from "./support/fault-schedule.ts";
import { drawReloadSchedule, runReloads } from "./support/reload-schedule.ts";
import { runSchedules } from "./support/run-schedules.ts";
import { runSchedule } from "./support/schedule-run.ts";

/** More of them: `FANFARE_FAULT_SCHEDULES=10000`; the same ones again: `SEED=…`. */
const SCHEDULES = Number(process.env.FANFARE_FAULT_SCHEDULES ?? 400);
const WITH_KILLS = Math.ceil(SCHEDULES / 8);
const WITH_RELOADS = Math.ceil(SCHEDULES / 4);
const AT_ONCE = 16;

setDefaultTimeout(60_000 + SCHEDULES * 1_000);

const draw = <T>(count: number, one: () => T) => Array.from({ length: count }, one);

test("ONCE-1 JOIN-3 ORDER-1 ORDER-3: over a bad network every publish is seen once by everyone, in one order", async () => {
  const random = new SeededRandom("faults");
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path);
  const schedules = draw(SCHEDULES - WITH_KILLS, () => drawSchedule(random));
  await runSchedules("faults", random.seed, schedules, AT_ONCE, (schedule, ...rest) =>
    runSchedule(schedule, server.url, ...rest),
  );
});

test("ONCE-5 KEEP-1: also where the server is killed again and again", async () => {
  const random = new SeededRandom("kills");
  await using server = await RestartableServer.start();
  const schedules = draw(WITH_KILLS, () => drawSchedule(random));
  const lifetimes = draw(4 + Math.ceil(WITH_KILLS / 10), () => random.between(20, 400));
  let done = false;
  const mortality = (async () => {
    for (const lifetime of lifetimes) {
      await Bun.sleep(lifetime); // its time to live
      if (done) return;
      await server.kill();
      await server.restart();
    }
  })();
  await runSchedules("kills", random.seed, schedules, AT_ONCE, (schedule, ...rest) =>
    runSchedule(schedule, server.url, ...rest),
  );
  done = true;
  await mortality;
  console.log(`kills: the server was killed ${server.kills} times`);
});

test("ONCE-1: what the outbox has stored when a program dies is kept exactly once by the next one", async () => {
  const random = new SeededRandom("reloads");
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path);
  const schedules = draw(WITH_RELOADS, () => drawReloadSchedule(random));
  await runSchedules("reloads", random.seed, schedules, AT_ONCE, (schedule, ...rest) =>
    runReloads(schedule, server.url, ...rest),
  );
});
