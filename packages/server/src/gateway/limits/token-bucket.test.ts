import { expect, test } from "bun:test";
import { TokenBucket } from "./token-bucket.ts";

test("LIMIT-3: ten seconds' worth may be used at once, and then as much as comes in", () => {
  const bucket = new TokenBucket(5, 0);
  for (let i = 0; i < 50; i++) expect(bucket.consume(1, 0)).toBe(0);
  expect(bucket.consume(1, 0)).toBe(200);
  expect(bucket.consume(4, 0)).toBe(1_000);
  expect(bucket.wait(400)).toBe(600);
  expect(bucket.wait(1_000)).toBe(0);
  expect(bucket.consume(1, 1_200)).toBe(0);
  expect(bucket.consume(1, 1_200)).toBe(200);
});

test("LIMIT-3: who asks and is refused pays nothing", () => {
  const bucket = new TokenBucket(2, 0);
  for (let i = 0; i < 20; i++) expect(bucket.tryConsume(1, 0)).toBe(0);
  for (let i = 0; i < 20; i++) expect(bucket.tryConsume(1, 0)).toBe(500);
  expect(bucket.tryConsume(1, 250)).toBe(250);
  expect(bucket.tryConsume(1, 500)).toBe(0);
});

test("LIMIT-3: nothing is saved up past the ten seconds, and a clock that is set back gives nothing", () => {
  const bucket = new TokenBucket(1, 1_000_000);
  expect(bucket.consume(10, 9_000_000)).toBe(0);
  expect(bucket.consume(1, 0)).toBe(1_000);
  expect(bucket.wait(500)).toBe(500);
  expect(bucket.full(10_999)).toBe(false);
  expect(bucket.full(11_000)).toBe(true);
});
