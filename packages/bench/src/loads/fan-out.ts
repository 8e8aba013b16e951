import type { Rates } from "../figures/rates.ts";
import { type Figure, figure, type Section } from "../figures/section.ts";
import type { ConnectOptions, PublishOptions } from "../generator/generator-methods.ts";
import type { RunScope } from "../processes/run-scope.ts";
import type { ServerSettings } from "../servers/fanfare-server.ts";
import { FanfareTarget } from "./fanfare-target.ts";
import { faultsOf, type LoadTarget, measure } from "./load-target.ts";
import { processorFigures } from "./processor-figures.ts";
import { RawBunTarget } from "./raw-bun-target.ts";
import { REST } from "./start-generator.ts";

const MEMBERS = 500;
const SIZE = 128;
const ROUNDS = 3;
const TIMING = { warmUp: 600, slice: 1_400, slices: 1 };

interface FanOut {
  readonly connections: Omit<ConnectOptions, "url">;
  readonly publishing: PublishOptions;
  /** Whether many messages share a frame: raw Bun is then measured with such frames, too. */
  readonly batches: boolean;
}

const FAN_OUTS = {
  native: {
    connections: {
      dialect: "native",
      prefix: "bench:",
      rooms: 1,
      listeners: MEMBERS,
      publishers: 32,
      publishersJoin: false,
      rest: REST,
    },
    publishing: { size: SIZE, window: 64, batch: true },
    batches: true,
  },
  chat: {
    connections: {
      dialect: "chat",
      prefix: "bench",
      rooms: 1,
      listeners: MEMBERS - 16,
      publishers: 16,
      publishersJoin: true,
      rest: REST,
    },
    publishing: { size: SIZE, window: 128, batch: false },
    batches: false,
  },
} satisfies Record<string, FanOut>;

/** The rates of one target, round by round. */
interface Results {
  readonly name: string;
  readonly target: LoadTarget;
  readonly rates: Rates[];
  readonly deliveries: number[];
}

/** One full room at saturation, and raw Bun publishing the same bytes to as many, turn and turn about. */
export async function measureFanOut(
  scope: RunScope,
  settings: ServerSettings,
  dialect: keyof typeof FAN_OUTS,
): Promise<Section> {
  const { connections, publishing, batches }: FanOut = FAN_OUTS[dialect];
  const fanfare = await FanfareTarget.start(scope, settings, connections, publishing);
  const raw = await RawBunTarget.start(scope, MEMBERS);
  const ours: Results = { name: `Fanfare, ${dialect}`, target: fanfare, rates: [], deliveries: [] };
  const single: Results = { name: "raw Bun, a frame per message", target: raw, rates: [], deliveries: [] };
  const batched: Results = { name: "raw Bun, frames as large", target: raw, rates: [], deliveries: [] };

  for (let round = 0; round < ROUNDS; round += 1) {
    const [rate] = await run(ours, (each) => each.deliveriesPerSecond);
    const message = await fanfare.specimen();
    const perFrame = Math.max(1, Math.round((rate?.frameSize ?? 0) / (message.length + 1)));
    if (batches) {
      raw.load(`[${Array(perFrame).fill(message).join(",")}]`);
      await run(batched, (each) => each.framesPerSecond * perFrame);
    }
    raw.load(message);
    await run(single, (each) => each.framesPerSecond);
  }

  const rivals = batches ? [batched, single] : [single];
  const section: Section = {
    title: `Fan-out, ${dialect}: 1 room × ${MEMBERS} members, ${SIZE} bytes, saturated`,
    figures: [
      ...[ours, ...rivals].flatMap(figuresOf),
      ...rivals.map((rival) => figure(`Fanfare ÷ ${rival.name}`, "×", ratios(ours, rival))),
    ],
    notes: [],
    faults: [...(await faultsOf(fanfare)), ...(await faultsOf(raw))],
  };
  await Promise.all([fanfare.stop(), raw.stop()]);
  return section;
}

async function run(results: Results, deliveriesOf: (rates: Rates) => number): Promise<Rates[]> {
  const rates = await measure(results.target, TIMING);
  results.rates.push(...rates);
  results.deliveries.push(...rates.map(deliveriesOf));
  return rates;
}

function figuresOf({ name, rates, deliveries }: Results): Figure[] {
  return [
    figure(name, "deliveries/s", deliveries),
    figure(
      "  per frame",
      "bytes",
      rates.map((rate) => rate.frameSize),
    ),
    ...processorFigures(rates, "  "),
  ];
}

/** Round by round, since a disturbance of the machine then hits both. */
function ratios(ours: Results, rival: Results): number[] {
  return ours.deliveries.map((deliveries, round) => deliveries / (rival.deliveries[round] ?? Number.NaN));
}
