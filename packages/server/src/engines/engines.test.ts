import { expect, test } from "bun:test";
import { configuredEngine, DEFAULT_ENGINE, ENGINE_NAMES } from "./engines.ts";

test("an engine that is not in the table is refused, with the names that are", () => {
  expect(() => configuredEngine({ kind: "toString" })).toThrow(
    `engine.kind is "toString"; it takes ${ENGINE_NAMES.join(" or ")}`,
  );
});

test("the default engine is used unless another is named", () => {
  expect(configuredEngine({}).name).toBe(DEFAULT_ENGINE);
});
