import { type Spread, spreadOf } from "./spread.ts";

/** One number of the report, as often as it was measured. */
export interface Figure extends Spread {
  readonly name: string;
  readonly unit: string;
}

/** What one load showed. */
export interface Section {
  readonly title: string;
  readonly figures: readonly Figure[];
  /** Sentences that belong to the figures. */
  readonly notes: readonly string[];
  /** What must not happen; one is enough to fail the run. */
  readonly faults: readonly string[];
}

export function figure(name: string, unit: string, values: readonly number[]): Figure {
  return { name, unit, ...spreadOf(values) };
}
