import type { Figure, Section } from "./section.ts";

const HEADINGS = ["", "median", "lowest", "highest", ""];

/** @returns a section as a readable table, without a line break at its end */
export function tableOf({ title, figures, notes, faults }: Section): string {
  const rows = [HEADINGS, ...figures.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row.map((cell, column) =>
      (NUMERIC.has(column) ? cell.padStart : cell.padEnd).call(cell, widths[column] ?? 0),
    ),
  );
  return [
    title,
    ...lines.map((line) => `  ${line.join("  ")}`.trimEnd()),
    ...notes.map((note) => `  ${note}`),
    ...faults.map((fault) => `  FAULT  ${fault}`),
  ].join("\n");
}

const NUMERIC = new Set([1, 2, 3]);

function cells({ name, unit, median, low, high }: Figure): string[] {
  return [name, number(median), number(low), number(high), unit];
}

/** Three significant digits at least, and thousands apart. */
function number(value: number): string {
  if (Number.isNaN(value)) return "–";
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.max(1, Math.abs(value)))));
  return value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
