import { type Rates, ratesBetween } from "../figures/rates.ts";
import type { GeneratorProcess } from "../generator/generator-process.ts";

/** A server under load, and the generator that loads it and counts. */
export interface LoadTarget {
  readonly generator: GeneratorProcess;
  readonly serverPid: number;
  /** What the server wrote to its standard error. */
  readonly serverErrors: string;
  /** Starts the load. */
  begin(): Promise<unknown>;
  /** Stops the load, and waits until everything sent has arrived. */
  end(): Promise<unknown>;
}

export interface Timing {
  /** Milliseconds before the first slice, and of each slice. */
  readonly warmUp: number;
  readonly slice: number;
  readonly slices: number;
}

/** Loads one target and samples it, slice by slice. */
export async function measure(target: LoadTarget, timing: Timing): Promise<Rates[]> {
  const { generator, serverPid } = target;
  const sample = () => generator.call("sample", { serverPid });
  await target.begin();
  await Bun.sleep(timing.warmUp);
  const rates: Rates[] = [];
  let before = await sample();
  for (let slice = 0; slice < timing.slices; slice += 1) {
    await Bun.sleep(timing.slice);
    const after = await sample();
    rates.push(ratesBetween(before, after));
    before = after;
  }
  await target.end();
  return rates;
}

/** @returns what went wrong on a target's connections, in words; closes and the server's standard error count as well */
export async function faultsOf({ generator, serverPid, serverErrors }: LoadTarget): Promise<string[]> {
  const { faults, faultCount, closes } = await generator.call("sample", { serverPid });
  const more = faultCount > faults.length ? [`and ${faultCount - faults.length} more`] : [];
  const closed = Object.entries(closes).map(([who, count]) => `${count} × closed: ${who}`);
  const said = serverErrors === "" ? [] : [`the server wrote to its standard error: ${serverErrors}`];
  return [...faults, ...more, ...closed, ...said];
}
