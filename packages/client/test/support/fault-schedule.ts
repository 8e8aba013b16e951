import type { FaultProxy } from "@fanfare/testing/fault-proxy";
import type { Cut, Direction } from "@fanfare/testing/proxied-connection";
import type { SeededRandom } from "@fanfare/testing/seeded-random";

/** What happens to the network of one client. */
export type Fault =
  | { readonly fault: "cut"; readonly how: Cut }
  | { readonly fault: "cut-after"; readonly bytes: number; readonly direction: Direction; readonly how: Cut }
  /** The same, for the link that is opened next: in its handshake, in its hello, in its joins. */
  | {
      readonly fault: "cut-next-after";
      readonly bytes: number;
      readonly direction: Direction;
      readonly how: Cut;
    }
  | { readonly fault: "stall"; readonly directions: readonly Direction[] }
  | { readonly fault: "flow" }
  | { readonly fault: "delay"; readonly ms: number; readonly directions: readonly Direction[] }
  | { readonly fault: "split"; readonly pieces: readonly number[]; readonly directions: readonly Direction[] }
  | { readonly fault: "half-open" }
  | { readonly fault: "refuse" }
  | { readonly fault: "admit" };

/** One thing that happens, `after` ms behind the one before. */
export type Step = { readonly after: number; readonly client: number } & (
  | Fault
  | { readonly publish: number; readonly room: number; readonly size: number }
);

export interface Schedule {
  readonly rooms: number;
  /** How each client joins: `history` asks for the past and may come late; without, it is there before anyone publishes. */
  readonly clients: readonly {
    readonly history: boolean;
    readonly heartbeat: number;
    readonly backoff: number;
  }[];
  readonly steps: readonly Step[];
}

/** A plan for a few clients and their bad network: drawn whole before anything runs, so that it can be had again. */
export function drawSchedule(random: SeededRandom): Schedule {
  const rooms = random.between(1, 2);
  const clients = Array.from({ length: random.between(2, 4) }, () => ({
    history: random.below(2) === 0,
    // Longer than a busy machine stops the process that all of them are in: a link that is alive would be given up for ever.
    heartbeat: random.between(300, 600),
    backoff: random.between(5, 40),
  }));
  const steps = Array.from({ length: random.between(6, 20) }, (): Step => {
    const when = {
      after: random.below(3) === 0 ? random.between(1, 40) : 0,
      client: random.below(clients.length),
    };
    if (random.below(5) < 2) {
      const size = random.pick([0, 0, 10, 200, 5_000]);
      return { ...when, publish: random.pick([1, 1, 2, 5, 20, 80]), room: random.below(rooms), size };
    }
    return { ...when, ...drawFault(random) };
  });
  return { rooms, clients, steps };
}

function drawFault(random: SeededRandom): Fault {
  const how = random.pick<Cut>(["fin", "reset"]);
  const direction = random.pick<Direction>(["up", "down"]);
  const directions = random.pick<readonly Direction[]>([["up"], ["down"], ["up", "down"]]);
  const bytes = random.below(random.pick([4, 64, 1_000, 10_000]));
  switch (random.below(12)) {
    case 0:
      return { fault: "cut", how };
    case 1:
    case 2:
      return { fault: "cut-after", bytes, direction, how };
    case 3:
    case 4:
      return { fault: "cut-next-after", bytes, direction, how };
    case 5:
      return { fault: "stall", directions };
    case 6:
      return { fault: "flow" };
    case 7:
      return { fault: "delay", ms: random.between(1, 60), directions };
    case 8:
      return {
        fault: "split",
        pieces: Array.from({ length: random.between(1, 4) }, () =>
          random.between(1, random.pick([3, 40, 900])),
        ),
        directions,
      };
    case 9:
      return { fault: "half-open" };
    case 10:
      return { fault: "refuse" };
    default:
      return { fault: "admit" };
  }
}

export function apply(fault: Fault, network: FaultProxy): void {
  switch (fault.fault) {
    case "cut":
      network.cut(fault.how);
      break;
    case "cut-after":
      for (const connection of network.connections)
        connection.cutAfter(fault.bytes, fault.direction, fault.how);
      break;
    case "cut-next-after":
      network.onConnection = (connection) => {
        network.onConnection = () => {};
        connection.cutAfter(fault.bytes, fault.direction, fault.how);
      };
      break;
    case "stall":
      network.stall(...fault.directions);
      break;
    case "flow":
      network.flow();
      break;
    case "delay":
      network.delay(fault.ms, ...fault.directions);
      break;
    case "split":
      network.split(fault.pieces, ...fault.directions);
      break;
    case "half-open":
      network.halfOpen();
      break;
    case "refuse":
      network.refuse();
      break;
    case "admit":
      network.admit();
      break;
  }
}

/** From now on the network is a good one. A half-open connection stays what it is: its client has to notice by itself. */
export function heal(network: FaultProxy): void {
  network.onConnection = () => {};
  network.admit();
  network.flow();
  network.delay(0);
  network.split([]);
}
