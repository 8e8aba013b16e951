import { type Rates, ratesBetween } from "../figures/rates.ts";
import type { GeneratorProcess } from "../generator/generator-process.ts";

/** A server under load and the generator that watches it. */
export interface Contender {
  readonly generator: GeneratorProcess;
  readonly serverPid: number;
  /** What the server wrote to its standard error. */
  readonly complaints: string;
  /** Brings the load on. */
  begin(): Promise<unknown>;
  /** Takes it away, and waits until all that was sent has arrived. */
  end(): Promise<unknown>;
}

export interface Timing {
  /** Milliseconds before the first slice, and of each slice. */
  readonly warmUp: number;
  readonly slice: number;
  readonly slices: number;
}

/** Loads one contender for a while. */
export async function measure(contender: Contender, timing: Timing): Promise<Rates[]> {
  const { generator, serverPid } = contender;
  const sample = () => generator.ask("sample", { serverPid });
  await contender.begin();
  await Bun.sleep(timing.warmUp);
  const rates: Rates[] = [];
  let before = await sample();
  for (let slice = 0; slice < timing.slices; slice += 1) {
    await Bun.sleep(timing.slice);
    const after = await sample();
    rates.push(ratesBetween(before, after));
    before = after;
  }
  await contender.end();
  return rates;
}

/** @returns what went wrong on a contender's connections, in words; closes and the server's complaints count, too */
export async function faultsOf({ generator, serverPid, complaints }: Contender): Promise<string[]> {
  const { faults, faultCount, closes } = await generator.ask("sample", { serverPid });
  const more = faultCount > faults.length ? [`and ${faultCount - faults.length} more`] : [];
  const closed = Object.entries(closes).map(([who, count]) => `${count} × closed: ${who}`);
  const said = complaints === "" ? [] : [`the server said: ${complaints}`];
  return [...faults, ...more, ...closed, ...said];
}
