import { Histogram } from "../figures/histogram.ts";
import { figure, type Section } from "../figures/section.ts";
import type { RunScope } from "../processes/run-scope.ts";
import type { ServerSettings } from "../servers/fanfare-server.ts";
import { FanfareTarget } from "./fanfare-target.ts";
import { faultsOf, measure } from "./load-target.ts";
import { processorFigures } from "./processor-figures.ts";

const ROOMS = 100;
const MEMBERS = 10;
const SIZE = 128;
/** Publishes in flight per member. More adds waiting and hardly any throughput. */
const WINDOW = 4;
const TIMING = { warmUp: 2_000, slice: 1_000, slices: 5 };

/** Every member of many rooms publishes, one frame per publish; what counts is acknowledged, so it is committed. */
export async function measureDurable(scope: RunScope, settings: ServerSettings): Promise<Section> {
  const target = await FanfareTarget.start(
    scope,
    settings,
    {
      dialect: "native",
      prefix: "bench:",
      rooms: ROOMS,
      listeners: 0,
      publishers: MEMBERS,
      publishersJoin: true,
      rest: 0,
    },
    { size: SIZE, window: WINDOW, batch: false },
  );
  const rates = await measure(target, TIMING);
  const times = rates.map(({ latencies }) => new Histogram(latencies));
  const section: Section = {
    title: `Durable publishes: ${ROOMS} rooms × ${MEMBERS} members, ${SIZE} bytes, ${WINDOW} in flight per member`,
    figures: [
      figure(
        "acknowledged publishes",
        "/s",
        rates.map((rate) => rate.acksPerSecond),
      ),
      figure(
        "deliveries",
        "/s",
        rates.map((rate) => rate.deliveriesPerSecond),
      ),
      figure(
        "publish to ack, median",
        "ms",
        times.map((time) => time.quantile(0.5)),
      ),
      figure(
        "publish to ack, p99",
        "ms",
        times.map((time) => time.quantile(0.99)),
      ),
      ...processorFigures(rates),
    ],
    notes: [],
    faults: await faultsOf(target),
  };
  await target.stop();
  return section;
}
