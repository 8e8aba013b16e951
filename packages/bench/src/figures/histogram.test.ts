import { expect, test } from "bun:test";
import { Histogram } from "./histogram.ts";

test("knows quantiles to 2 %", () => {
  const histogram = new Histogram();
  for (let time = 1; time <= 1_000; time += 1) histogram.add(time / 10);
  expect(histogram.total).toBe(1_000);
  for (const [share, time] of [
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ] as const) {
    expect(histogram.quantile(share)).toBeGreaterThanOrEqual(time);
    expect(histogram.quantile(share)).toBeLessThan(time * 1.021);
  }
});

test("keeps the shortest and the longest times, and has nothing to say without entries", () => {
  const histogram = new Histogram();
  expect(histogram.quantile(0.5)).toBeNaN();
  histogram.add(0);
  expect(histogram.quantile(1)).toBe(0.001);
  histogram.add(1e9);
  expect(histogram.quantile(1)).toBeGreaterThan(300_000);
});

test("passes as numbers, and forgets", () => {
  const one = new Histogram();
  one.add(5);
  const copy = new Histogram(JSON.parse(JSON.stringify(one.counts)));
  copy.add(50);
  expect(copy.total).toBe(2);
  one.clear();
  expect(one.total).toBe(0);
});
