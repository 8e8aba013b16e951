import type { Sample } from "../generator/generator-methods.ts";

/** What happened between two samples of one generator. */
export interface Rates {
  readonly deliveriesPerSecond: number;
  readonly framesPerSecond: number;
  readonly acksPerSecond: number;
  /** Bytes of payload per frame that carried messages; 0 without any. */
  readonly frameSize: number;
  readonly latencies: readonly number[];
  /** Processors in use: 1.5 is one and a half. NaN where the system has no /proc. */
  readonly serverCores: number;
  readonly generatorCores: number;
  /** What everything else on the machine took away: the more, the less the other figures mean. */
  readonly otherCores: number;
}

export function ratesBetween(before: Sample, after: Sample): Rates {
  const time = after.at - before.at;
  const perSecond = (count: number) => (count / time) * 1000;
  const frames = after.frames - before.frames;
  const serverCores = ((after.serverTime ?? Number.NaN) - (before.serverTime ?? Number.NaN)) / time;
  const generatorCores = (after.generatorTime - before.generatorTime) / time;
  const machineCores = ((after.machineTime ?? Number.NaN) - (before.machineTime ?? Number.NaN)) / time;
  return {
    deliveriesPerSecond: perSecond(after.deliveries - before.deliveries),
    framesPerSecond: perSecond(frames),
    acksPerSecond: perSecond(after.acks - before.acks),
    frameSize: frames === 0 ? 0 : (after.bytes - before.bytes) / frames,
    latencies: after.latencies,
    serverCores,
    generatorCores,
    otherCores: Math.max(0, machineCores - serverCores - generatorCores),
  };
}
