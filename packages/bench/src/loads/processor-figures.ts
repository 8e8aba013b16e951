import type { Rates } from "../figures/rates.ts";
import { type Figure, figure } from "../figures/section.ts";

/** The processors that each side used, which shows the side that was saturated. */
export function processorFigures(rates: readonly Rates[], indent = ""): Figure[] {
  const of = (name: string, cores: (rate: Rates) => number) =>
    figure(indent + name, "processors", rates.map(cores));
  return [
    of("server", (rate) => rate.serverCores),
    of("generator", (rate) => rate.generatorCores),
    of("everything else", (rate) => rate.otherCores),
  ];
}
