import type { Attendee } from "../engines/engine.ts";
import type { Broadcast, ClientSocket } from "./ports.ts";
import type { Encoder, Update } from "./update.ts";

/**
 * Live members of a room or a pattern who see it the same way: one encoding and one native publish serve them all.
 * A message leaves here for the sockets: `encode` is e.g. `NativeEncoder.encode`, `publish` is the gateway's
 * `SocketBroadcast.publish`.
 */
class FanOutGroup {
  readonly #topic: string;
  #sockets = 0;

  constructor(
    name: string,
    private readonly encoder: Encoder,
    private readonly broadcast: Broadcast,
  ) {
    // Neither a key nor a name contains a control character, and no room's name a star: topics never collide.
    this.#topic = `${encoder.key}\n${name}`;
  }

  get empty(): boolean {
    return this.#sockets === 0;
  }

  add(socket: ClientSocket): void {
    this.#sockets++;
    socket.subscribe(this.#topic);
  }

  remove(socket: ClientSocket): void {
    this.#sockets--;
    socket.unsubscribe(this.#topic);
  }

  send(room: string, updates: readonly Update[]): void {
    for (const frame of this.encoder.encode(room, updates)) this.broadcast.publish(this.#topic, frame);
  }
}

/** The live members of a room or a pattern, in groups that see it the same way (SPEC FAN-1). */
export class FanOut {
  readonly #groups = new Map<string, FanOutGroup>();

  constructor(
    /** Of the room or the pattern. */
    private readonly name: string,
    private readonly broadcast: Broadcast,
  ) {}

  /** @param attendees of the room; a pattern has none */
  add(socket: ClientSocket, encoder: Encoder, attendees?: Iterable<Attendee>): void {
    let group = this.#groups.get(encoder.key);
    if (group === undefined) {
      group = new FanOutGroup(this.name, encoder, this.broadcast);
      this.#groups.set(encoder.key, group);
      if (attendees !== undefined) encoder.begin?.(attendees);
    }
    group.add(socket);
  }

  remove(socket: ClientSocket, { key }: Encoder): void {
    const group = this.#groups.get(key);
    group?.remove(socket);
    if (group?.empty) this.#groups.delete(key);
  }

  /** @param room the room of the updates; a pattern is sent those of many rooms */
  send(room: string, updates: readonly Update[]): void {
    if (updates.length === 0) return;
    for (const group of this.#groups.values()) group.send(room, updates);
  }
}
