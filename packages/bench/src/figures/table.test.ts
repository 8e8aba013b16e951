import { expect, test } from "bun:test";
import { figure } from "./section.ts";
import { tableOf } from "./table.ts";

test("a section as a table", () => {
  const table = tableOf({
    title: "Fan-out",
    figures: [
      figure("deliveries", "/s", [12_345_678.9, 9, 20_000_000]),
      figure("ratio", "×", [0.5]),
      figure("server", "processors", [Number.NaN]),
    ],
    notes: ["a note"],
    faults: ["a gap"],
  });
  expect(table).toBe(`Fan-out
                  median  lowest     highest
  deliveries  12,345,679    9.00  20,000,000  /s
  ratio             0.50    0.50        0.50  ×
  server               –       –           –  processors
  a note
  FAULT  a gap`);
});
