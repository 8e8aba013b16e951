import { expect, test } from "bun:test";
import fc from "fast-check";
import { checkDelivery } from "../../testing/simulation/delivery-check.ts";
import type { SimulatedClient } from "../../testing/simulation/simulated-client.ts";
import { type SimulatedNode, Simulation } from "../../testing/simulation/simulation.ts";
import { DEFAULT_POLICY } from "../config/policy.ts";
import type { ReplayStart } from "./replay.ts";

const ROOMS = ["a", "b"];
const TYPES = ["chat", "note", "mark"];
/** The data of a message that makes a replay come in many pieces. */
const LARGE = "x".repeat(60_000);

const number = fc.nat({ max: 1_000_000 });
const move = fc.oneof(
  { weight: 6, arbitrary: fc.record({ move: fc.constant("publish"), number, large: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ move: fc.constant("join"), number, start: number }) },
  { weight: 1, arbitrary: fc.record({ move: fc.constant("leave"), number }) },
  { weight: 1, arbitrary: fc.record({ move: fc.constant("disconnect"), number }) },
  { weight: 1, arbitrary: fc.record({ move: fc.constant("slow"), number }) },
  { weight: 4, arbitrary: fc.record({ move: fc.constant("take"), number }) },
  { weight: 3, arbitrary: fc.record({ move: fc.constant("turn"), number }) },
  { weight: 3, arbitrary: fc.record({ move: fc.constant("wait"), number }) },
);
type Move = { move: string; number: number; large?: boolean; start?: number };

interface Joined {
  readonly client: SimulatedClient;
  readonly room: string;
  readonly start: ReplayStart;
  readonly types: readonly string[] | undefined;
  /** How many joins of the room this client had made before. */
  readonly turn: number;
  left: boolean;
}

/** Publishers, members who come and go, slow sockets and late news on two nodes, as the moves say. */
class Crowd {
  readonly simulation: Simulation;
  readonly nodes: SimulatedNode[];
  readonly clients: { client: SimulatedClient; turns: Map<string, number> }[] = [];
  readonly joins: Joined[] = [];
  readonly publishers: SimulatedClient[];
  readonly sent = new Map<string, { room: string; type: string }>();

  constructor(
    seed: number,
    private readonly history: number,
  ) {
    const policies = [{ ...DEFAULT_POLICY, history: { count: history, ageMs: Number.POSITIVE_INFINITY } }];
    const limits = { replayAhead: 300, tailPerRoom: 200_000 };
    this.simulation = new Simulation({ seed, policies, limits });
    const { engine, seed: random } = this.simulation;
    engine.newsLag = () => random.integer(3) * random.integer(4);
    engine.readLag = () => random.integer(3) * random.integer(4);
    this.nodes = [this.simulation.node(), this.simulation.node()];
    this.publishers = this.nodes.map((node) => node.client("publisher"));
    for (let i = 0; i < 5; i++) this.clients.push(this.#client(i));
  }

  async play(moves: readonly Move[]): Promise<void> {
    for (const each of moves) await this.#play(each);
    for (const { client } of this.clients) {
      client.socket.slow = false;
      client.take();
    }
    await this.simulation.clock.advance(10_000);
  }

  log(room: string): string[] {
    const log: string[] = [];
    for (const publisher of this.publishers) {
      for (const received of publisher.received) {
        if (received.kind !== "published" || received.outcome.kind !== "kept") continue;
        const sent = this.sent.get(received.id);
        if (sent?.room === room) log[received.outcome.offset - 1] = sent.type;
      }
    }
    return log;
  }

  check(): void {
    for (const { client, room, start, types, turn, left } of this.joins) {
      const received = client.of(room);
      const begins = received.flatMap((each, i) => (each.kind === "joined" ? [i] : []));
      const from = begins[turn];
      const part = from === undefined ? [] : received.slice(from, begins[turn + 1]);
      const complete = !left && !client.socket.ended;
      const trimmed = Number.isFinite(this.history);
      checkDelivery(part, { log: this.log(room), start, trimmed, complete, ...(types && { types }) });
    }
  }

  #client(i: number) {
    const client = (this.nodes[i % this.nodes.length] ?? this.nodes[0])?.client(`user${i}`);
    if (client === undefined) throw new Error("there is no node");
    return { client, turns: new Map<string, number>() };
  }

  async #play({ move, number, large, start = 0 }: Move): Promise<void> {
    const { clock } = this.simulation;
    const i = number % this.clients.length;
    const each = this.clients[i];
    const room = ROOMS[number % ROOMS.length] ?? "a";
    const type = TYPES[number % TYPES.length] ?? "chat";
    if (each === undefined) return;
    switch (move) {
      case "publish": {
        const id = `m${this.sent.size}`;
        this.sent.set(id, { room, type });
        this.publishers[number % this.publishers.length]?.publish(room, large ? LARGE : number, { type, id });
        break;
      }
      case "join": {
        const types = number % 4 === 0 ? TYPES.slice(0, 1 + (number % 2)) : undefined;
        const joining = { start: this.#start(start, each.client, room), ...(types && { types }) };
        if (each.client.join(room, joining) !== undefined) break;
        const turn = each.turns.get(room) ?? 0;
        each.turns.set(room, turn + 1);
        this.joins.push({ client: each.client, room, start: joining.start, types, turn, left: false });
        break;
      }
      case "leave": {
        if (each.client.leave(room) !== undefined) break;
        const joined = this.joins.findLast(
          ({ client, room: other }) => client === each.client && other === room,
        );
        if (joined !== undefined) joined.left = true;
        break;
      }
      case "disconnect":
        each.client.disconnect();
        this.clients[i] = this.#client(i);
        break;
      case "slow":
        each.client.socket.slow = true;
        break;
      case "take":
        each.client.take(number % 1_000);
        break;
      case "turn":
        await clock.turn();
        break;
      default:
        await clock.advance(number % 10);
    }
  }

  #start(number: number, client: SimulatedClient, room: string): ReplayStart {
    switch (number % 4) {
      case 0:
        return { from: "now" };
      case 1:
        return { from: "history", count: number % 20 };
      case 2:
        return { from: "position", epoch: "life1", offset: client.offsets(room).at(-1) ?? 0 };
      default:
        return { from: "position", offset: Math.max(0, this.log(room).length - (number % 30)) };
    }
  }
}

const plays = fc.tuple(fc.nat(), fc.array(move, { minLength: 20, maxLength: 120, size: "max" }));

test("JOIN-3, ORDER-1: who joins, resumes or lags at any moment gets every message once and in order", async () => {
  await fc.assert(
    fc.asyncProperty(plays, async ([seed, moves]) => {
      const crowd = new Crowd(seed, Number.POSITIVE_INFINITY);
      await crowd.play(moves);
      crowd.check();
      for (const { client, room } of crowd.joins) expect(client.kinds(room)).not.toContain("reset");
    }),
    { numRuns: 150 },
  );
}, 60_000);

test("GAP-1: where the log is trimmed under its readers, nothing is left out but what a reset owns up to", async () => {
  let resets = 0;
  await fc.assert(
    fc.asyncProperty(plays, async ([seed, moves]) => {
      const crowd = new Crowd(seed, 3);
      await crowd.play(moves);
      crowd.check();
      resets += crowd.joins.filter(({ client, room }) => client.kinds(room).includes("reset")).length;
    }),
    { numRuns: 150 },
  );
  expect(resets).toBeGreaterThan(0);
}, 60_000);
