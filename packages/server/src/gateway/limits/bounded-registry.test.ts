import { expect, test } from "bun:test";
import { BoundedRegistry } from "./bounded-registry.ts";

const registry = (most: number) => new BoundedRegistry(() => ({ holders: 0 }), most);

test("LIMIT-8: of a million who came and went, so many are remembered, and the newest", () => {
  const addresses = registry(1_000);
  for (let i = 0; i < 1_000_000; i++) addresses.get(String(i));
  expect(addresses.size).toBe(1_000);
  expect(addresses.find("999999")).toBeDefined();
  expect(addresses.find("998999")).toBeUndefined();
});

test("LIMIT-8: who is connected is never forgotten, however many come and go", () => {
  const addresses = registry(100);
  const held = Array.from({ length: 150 }, (_, i) => addresses.hold(`held ${i}`));
  for (let i = 0; i < 10_000; i++) addresses.get(String(i));
  expect(held.every((entry, i) => addresses.find(`held ${i}`) === entry)).toBe(true);
  expect(addresses.size).toBeLessThanOrEqual(150 + 100);
});

test("LIMIT-8: who has gone is forgotten at once where there is nothing to remember", () => {
  const addresses = registry(10);
  addresses.hold("a");
  addresses.hold("a");
  addresses.release("a", () => true);
  expect(addresses.size).toBe(1);
  addresses.release("a", () => false);
  expect(addresses.size).toBe(1);
  addresses.hold("a");
  addresses.release("a", () => true);
  expect(addresses.size).toBe(0);
  addresses.release("unknown", () => true);
});
