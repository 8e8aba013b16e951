import type { Broadcast, Link } from "./ports.ts";
import type { Encoder, Update } from "./update.ts";

/** The live members of a room or a pattern who see it the same way: one encoding and one native publish serve them all. */
class Audience {
  readonly #topic: string;
  #links = 0;

  constructor(
    name: string,
    private readonly encoder: Encoder,
    private readonly broadcast: Broadcast,
  ) {
    // Neither a key nor a name contains a control character, and no room's name a star: topics never collide.
    this.#topic = `${encoder.key}\n${name}`;
  }

  get empty(): boolean {
    return this.#links === 0;
  }

  add(link: Link): void {
    this.#links++;
    link.subscribe(this.#topic);
  }

  remove(link: Link): void {
    this.#links--;
    link.unsubscribe(this.#topic);
  }

  tell(room: string, updates: readonly Update[]): void {
    for (const frame of this.encoder.encode(room, updates)) this.broadcast.publish(this.#topic, frame);
  }
}

/** Everyone who is live in a room, or by a pattern, grouped by how they see it (SPEC FAN-1). */
export class Audiences {
  readonly #audiences = new Map<string, Audience>();

  constructor(
    /** Of the room or the pattern. */
    private readonly name: string,
    private readonly broadcast: Broadcast,
  ) {}

  add(link: Link, encoder: Encoder): void {
    let audience = this.#audiences.get(encoder.key);
    if (audience === undefined) {
      audience = new Audience(this.name, encoder, this.broadcast);
      this.#audiences.set(encoder.key, audience);
    }
    audience.add(link);
  }

  remove(link: Link, { key }: Encoder): void {
    const audience = this.#audiences.get(key);
    audience?.remove(link);
    if (audience?.empty) this.#audiences.delete(key);
  }

  /** @param room in which it happened. */
  tell(room: string, updates: readonly Update[]): void {
    if (updates.length === 0) return;
    for (const audience of this.#audiences.values()) audience.tell(room, updates);
  }
}
