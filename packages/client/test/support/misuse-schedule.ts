import { Fanfare } from "@fanfare/client";
import { DEADLINE } from "@fanfare/testing/deadline";
import { FaultProxy } from "@fanfare/testing/fault-proxy";
import type { SeededRandom } from "@fanfare/testing/seeded-random";
import type { ScheduleTally } from "./schedule-tally.ts";

const LONG = "x".repeat(70_000);
const ROOMS = ["a", "b", "", "a\nb", "todo:x", LONG, "p*"] as const;
const PATTERNS = ["p*", "*", "p", `${LONG}*`] as const;
const DATA = ["one", 10n, undefined, null, LONG, Symbol("s"), { deep: [1, { x: 2 }] }] as const;
const NUMBERS = [undefined, 1, 0, -1, 1.5, 10n, 1e9, Number.NaN] as const;
const CALLS = [
  ...["join", "join", "publish", "publish", "publish", "event", "typing", "history", "backwards", "messages"],
  ...[
    "leave",
    "retry",
    "discard",
    "pattern",
    "connect",
    "disconnect",
    "reconnect",
    "flush",
    "values",
    "close",
  ],
] as const;
const FAULTS = ["cut", "stall", "flow", "refuse", "admit", "other server"] as const;

interface Step {
  readonly after: number;
  readonly call?: (typeof CALLS)[number];
  readonly fault?: (typeof FAULTS)[number];
  readonly room: number;
  readonly data: number;
  readonly number: number;
  readonly signal: "none" | "aborted" | "soon";
}

/** Random calls, with arguments that are right and wrong, over a network with faults. */
export interface MisuseSchedule {
  readonly steps: readonly Step[];
  /** The end: `close` with this option. */
  readonly flush: number | undefined;
}

export function drawMisuse(random: SeededRandom): MisuseSchedule {
  const steps = Array.from({ length: random.between(5, 40) }, (): Step => {
    const isFault = random.below(5) === 0;
    return {
      after: random.below(3) === 0 ? random.between(1, 30) : 0,
      // `close` ends everything, so it is rare.
      ...(isFault
        ? { fault: random.pick(FAULTS) }
        : { call: random.pick(random.below(20) === 0 ? CALLS : CALLS.slice(0, -1)) }),
      room: random.below(ROOMS.length),
      data: random.below(DATA.length),
      number: random.below(NUMBERS.length),
      signal: random.pick(["none", "none", "none", "aborted", "soon"]),
    };
  });
  return { steps, flush: random.pick([0, 50, undefined]) };
}

/**
 * Runs a schedule, heals the network and closes the client.
 *
 * @param servers the network leads to one of them; the first one at the beginning
 * @returns the calls that did not settle, and errors that listeners did not throw
 */
export async function runMisuse(
  schedule: MisuseSchedule,
  servers: readonly URL[],
  tally: ScheduleTally,
): Promise<string[]> {
  const [first] = servers;
  if (first === undefined) throw new Error("no server");
  await using network = await FaultProxy.open(first);
  const problems: string[] = [];
  const client = new Fanfare(network.url, {
    backoff: { min: 1, max: 50 },
    heartbeat: 300,
    connectTimeout: 500,
    onError: (error) => problems.push(`reported: ${error}`),
  });
  const unsettled = new Set<string>();
  const track = (label: string, promise: Promise<unknown>) => {
    unsettled.add(label);
    const settled = () => void unsettled.delete(label);
    return promise.then(settled, settled);
  };
  const all: Promise<void>[] = [];
  for (const [i, step] of schedule.steps.entries()) {
    if (step.after > 0) await Bun.sleep(step.after); // the schedule's own pace
    if (step.fault !== undefined) apply(step.fault, network, servers, i);
    else {
      const result = tryCall(client, step);
      if (result instanceof Promise) all.push(track(`${i} ${step.call}`, result));
    }
    tally.publishes += 1;
  }
  network.admit();
  network.flow();
  all.push(track("the last close", client.close({ flush: schedule.flush })));
  const deadline = Promise.withResolvers<void>();
  const timer = setTimeout(deadline.resolve, DEADLINE);
  await Promise.race([Promise.all(all), deadline.promise]);
  clearTimeout(timer);
  for (const label of unsettled) problems.push(`did not settle: ${label}`);
  return problems;
}

/** Calls may throw at once; what they return has to settle. */
function tryCall(client: Fanfare, step: Step): Promise<unknown> | undefined {
  try {
    return call(client, step);
  } catch {
    return undefined;
  }
}

function call(
  client: Fanfare,
  { call: name, room: r, data: d, number: n, signal: s }: Step,
): Promise<unknown> | undefined {
  const signal =
    s === "none"
      ? undefined
      : s === "aborted"
        ? AbortSignal.abort(new Error("aborted"))
        : AbortSignal.timeout(20);
  const room = () => client.room(ROOMS[r] ?? "a");
  const number = NUMBERS[n] as number | undefined;
  const data = DATA[d] as string;
  switch (name) {
    case "join":
      return client.room(ROOMS[r] ?? "a", { history: number, presence: n % 2 === 0 }).join({ signal });
    case "publish":
      return room().publish(n === 0 ? "no type" : "note", data, { signal });
    case "history":
      return room().history({ before: number, limit: number, signal });
    case "backwards":
      return count(room().backwards({ limit: number, signal }));
    case "messages":
      return count(room().messages({ signal }));
    case "pattern":
      return client.pattern(PATTERNS[r % PATTERNS.length] ?? "*").join({ signal });
    case "values":
      return count(n % 2 === 0 ? room().members : client.state);
    case "retry":
      return room().retry(room().outgoing.value.find(({ status }) => status === "failed")?.key ?? "none");
    case "discard":
      room().discard(room().outgoing.value[0]?.key ?? "none");
      return undefined;
    case "event":
      room().event(n === 0 ? "no type" : "cursor", data);
      return undefined;
    case "typing":
      room().setTyping(n % 2 === 0);
      return undefined;
    case "leave":
      room().leave();
      return undefined;
    case "connect":
      return client.connect({ signal });
    case "flush":
      return client.flush({ signal });
    case "close":
      return client.close({ flush: 20 });
    case "disconnect":
      client.disconnect();
      return undefined;
    default:
      client.reconnect();
      return undefined;
  }
}

async function count(loop: AsyncIterable<unknown>): Promise<number> {
  let items = 0;
  for await (const _ of loop) items += 1;
  return items;
}

function apply(
  fault: (typeof FAULTS)[number],
  network: FaultProxy,
  servers: readonly URL[],
  i: number,
): void {
  if (fault === "cut") network.cut("reset");
  else if (fault === "stall") network.stall("up", "down");
  else if (fault === "flow") network.flow();
  else if (fault === "refuse") network.refuse();
  else if (fault === "admit") network.admit();
  else {
    network.target = servers[i % servers.length] ?? network.target;
    network.cut("reset");
  }
}
