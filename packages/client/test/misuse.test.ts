import { setDefaultTimeout, test } from "bun:test";
import { SeededRandom } from "@fanfare/testing/seeded-random";
import { openServer } from "@fanfare/testing/test-server";
import { BY_SECRET } from "@fanfare/testing/tokens";
import { drawMisuse, runMisuse } from "./support/misuse-schedule.ts";
import { runSchedules } from "./support/run-schedules.ts";
import { ScriptedServer } from "./support/scripted-server.ts";

/** More of them: `FANFARE_FAULT_SCHEDULES=10000`; the same ones again: `SEED=…`. */
const SCHEDULES = Number(process.env.FANFARE_FAULT_SCHEDULES ?? 200);
const AT_ONCE = 16;

setDefaultTimeout(120_000 + SCHEDULES * 1_000);

test("whatever is called, in whatever state, settles at the latest when the client is closed", async () => {
  const random = new SeededRandom("misuse");
  await using open = await openServer();
  await using refusing = await openServer({ auth: BY_SECRET });
  await using closing = new ScriptedServer(async (peer) => {
    await peer.greet();
    peer.close(4501, "revoked");
  });
  const servers = [open.url, refusing.url, closing.url];
  const schedules = Array.from({ length: SCHEDULES }, () => drawMisuse(random));
  await runSchedules("misuse", random.seed, schedules, AT_ONCE, (schedule, _, tally) =>
    runMisuse(schedule, servers, tally),
  );
});
