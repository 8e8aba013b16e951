import { residentMemory } from "@fanfare/testing/resident-memory";

const PERIOD = 250;
const STEADY_SAMPLES = 8;
const STEADY_WITHIN = 0.005;
const LONGEST = 12_000;

/**
 * @returns the resident bytes of a process once they hold still, within 0.5 % for two seconds, or after 12 s anyway;
 * NaN where the system has no /proc
 */
export async function settledMemory(pid: number): Promise<number> {
  const samples: number[] = [];
  for (let waited = 0; waited < LONGEST; waited += PERIOD) {
    samples.push(residentMemory(pid));
    const recent = samples.slice(-STEADY_SAMPLES);
    const range = Math.max(...recent) - Math.min(...recent);
    if (recent.length === STEADY_SAMPLES && !(range > STEADY_WITHIN * Math.max(...recent))) break;
    await Bun.sleep(PERIOD);
  }
  return samples.at(-1) ?? Number.NaN;
}
