import type { ErrorName, Member, Refusal } from "@fanfare/protocol";
import type { Outcome, Page, PageLimit, Range, StoredMessage } from "../../src/engines/engine.ts";
import type { Connection } from "../../src/hub/connection.ts";
import type { Hub } from "../../src/hub/hub.ts";
import type { Identity } from "../../src/hub/identity.ts";
import type { JoinObserver, ReplayStart, Reset } from "../../src/hub/replay.ts";
import type { MemberList } from "../../src/hub/rooms.ts";
import type { Encoder, Update } from "../../src/hub/update.ts";
import type { SimulatedBroadcast } from "./simulated-socket.ts";
import { SimulatedSocket } from "./simulated-socket.ts";

/** What a client receives, in the order in which its socket got it. */
export type Received =
  | { readonly kind: "joined"; readonly room: string; readonly epoch: string; readonly offset: number }
  | { readonly kind: "refused"; readonly room: string; readonly name: ErrorName }
  | ({ readonly kind: "reset"; readonly room: string } & Reset)
  | { readonly kind: "live"; readonly room: string; readonly offset: number; readonly members?: Member[] }
  | { readonly kind: "published"; readonly outcome: Outcome; readonly id: string }
  | ({ readonly room: string } & Update);

/** The plainest encoder: one frame per update, its JSON. Counts how often it is asked to encode. */
export class PlainEncoder implements Encoder {
  readonly key: string;
  calls = 0;

  constructor(private readonly types?: readonly string[]) {
    this.key = `plain ${types?.join(",") ?? "*"}`;
  }

  shows({ type }: { readonly type: string }): boolean {
    return this.types?.includes(type) ?? true;
  }

  encode(room: string, updates: readonly Update[]): string[] {
    this.calls++;
    return updates
      .filter((update) => update.kind !== "message" || this.shows(update.message))
      .map((update) => JSON.stringify({ room, ...update }));
  }
}

export interface JoinOptions {
  readonly start?: ReplayStart;
  readonly visible?: boolean;
  readonly types?: readonly string[];
  readonly encoder?: Encoder;
}

/** One client of a node, without a dialect. */
export class SimulatedClient {
  readonly socket: SimulatedSocket;
  readonly connection: Connection;
  /** The log of some room could not be read. */
  unreadable = false;

  constructor(
    private readonly hub: Hub,
    broadcast: SimulatedBroadcast,
    identity: Identity,
  ) {
    this.socket = new SimulatedSocket(broadcast);
    this.connection = hub.connect(this.socket, identity);
    this.socket.onEnded = () => hub.disconnect(this.connection);
  }

  join(room: string, { start = { from: "now" }, visible = false, types, encoder }: JoinOptions = {}) {
    return this.hub.join(this.connection, {
      room,
      start,
      visible,
      encoder: encoder ?? new PlainEncoder(types),
      observer: this.#observer(room),
    });
  }

  /** What it receives has the pattern's name as its room until it is live, and then that of the message's room. */
  listen(pattern: string, types?: readonly string[]): Refusal | undefined {
    return this.hub.listen(this.connection, {
      pattern,
      encoder: new PlainEncoder(types),
      joined: () => this.#receive({ kind: "joined", room: pattern, epoch: "", offset: 0 }),
      live: () => this.#receive({ kind: "live", room: pattern, offset: 0 }),
    });
  }

  unlisten(pattern: string): Refusal | undefined {
    return this.hub.unlisten(this.connection, pattern);
  }

  leave(room: string): Refusal | undefined {
    return this.hub.leave(this.connection, room);
  }

  publish(
    room: string,
    data: unknown,
    more: { readonly type?: string; readonly id?: string; readonly n?: number } = {},
  ): Refusal | undefined {
    const publishing = { room, type: "chat", data: JSON.stringify(data), ...more };
    return this.hub.publish(this.connection, publishing, (outcome, id) => {
      if (!this.socket.ended) this.#receive({ kind: "published", outcome, id });
    });
  }

  event(room: string, type: string, data: unknown): Refusal | undefined {
    return this.hub.event(this.connection, room, type, JSON.stringify(data));
  }

  /** What came of it is pushed to `results`. */
  history(room: string, range: Range, limit: PageLimit, results: (Page | Refusal)[]): Refusal | undefined {
    return this.hub.history(this.connection, room, range, limit, (result) => results.push(result));
  }

  /** @returns where the answer will be. */
  members(room: string): (MemberList | Refusal)[] {
    const answers: (MemberList | Refusal)[] = [];
    const refusal = this.hub.members(this.connection, room, (answer) => answers.push(answer));
    if (refusal !== undefined) answers.push(refusal);
    return answers;
  }

  /** The client takes some of what waits for it. */
  take(bytes?: number): void {
    if (this.socket.take(bytes)) this.connection.flow.writable();
  }

  disconnect(): void {
    this.socket.end();
  }

  get received(): Received[] {
    return this.socket.frames.map((frame): Received => JSON.parse(frame));
  }

  /** What it received of one room, in order. */
  of(room: string): Exclude<Received, { kind: "published" }>[] {
    return this.received.filter((each) => each.kind !== "published").filter((each) => each.room === room);
  }

  messages(room: string): StoredMessage[] {
    return this.of(room).flatMap((each) => (each.kind === "message" ? [each.message] : []));
  }

  offsets(room: string): number[] {
    return this.messages(room).map(({ offset }) => offset);
  }

  outcomes(): Outcome[] {
    return this.received.flatMap((each) => (each.kind === "published" ? [each.outcome] : []));
  }

  /** The kinds of what it received of one room. */
  kinds(room: string): string[] {
    return this.of(room).map(({ kind }) => kind);
  }

  #observer(room: string): JoinObserver {
    return {
      joined: (at) => this.#receive({ kind: "joined", room, ...at }),
      replay: (frames) => {
        for (const frame of frames) this.socket.send(frame);
      },
      reset: (reset) => this.#receive({ kind: "reset", room, ...reset }),
      live: (offset, presence) => {
        this.hub.enter(this.connection, room);
        const members = presence?.members();
        this.#receive({ kind: "live", room, offset, ...(members && { members }) });
      },
      refused: ({ name }) => this.#receive({ kind: "refused", room, name }),
      unreadable: () => {
        this.unreadable = true;
        this.socket.close(4002, "unreadable");
      },
    };
  }

  #receive(received: Received): void {
    this.socket.send(JSON.stringify(received));
  }
}
