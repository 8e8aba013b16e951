import { expect, test } from "bun:test";
import type { Sample } from "../generator/generator-methods.ts";
import { ratesBetween } from "./rates.ts";

const before: Sample = {
  at: 1_000,
  deliveries: 100,
  frames: 10,
  bytes: 1_000,
  sent: 50,
  acks: 40,
  specimen: null,
  latencies: [],
  faultCount: 0,
  faults: [],
  closes: {},
  listening: 1,
  generatorTime: 100,
  serverTime: 200,
  machineTime: 400,
};

test("what happened between two samples, per second and per frame", () => {
  const after = { ...before, at: 1_500, deliveries: 1_100, frames: 20, bytes: 3_000, acks: 140 };
  const times = { generatorTime: 350, serverTime: 950, machineTime: 1_500, latencies: [1, 2] };
  expect(ratesBetween(before, { ...after, ...times })).toEqual({
    deliveriesPerSecond: 2_000,
    framesPerSecond: 20,
    acksPerSecond: 200,
    frameSize: 200,
    latencies: [1, 2],
    serverCores: 1.5,
    generatorCores: 0.5,
    otherCores: expect.closeTo(0.2),
  });
});

test("without frames and without /proc there is nothing to divide", () => {
  const rates = ratesBetween(before, { ...before, at: 2_000, serverTime: null, machineTime: null });
  expect(rates.frameSize).toBe(0);
  expect(rates.serverCores).toBeNaN();
});
