import type { Broadcast, Link } from "./ports.ts";
import type { Encoder, Update } from "./update.ts";

/** The live members of a room who see it the same way: one encoding and one native publish serve them all. */
export class Audience {
  readonly #topic: string;
  #links = 0;

  constructor(
    private readonly room: string,
    private readonly encoder: Encoder,
    private readonly broadcast: Broadcast,
  ) {
    // Neither a key nor a room name contains a control character, so topics never collide.
    this.#topic = `${encoder.key}\n${room}`;
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

  tell(updates: readonly Update[]): void {
    for (const frame of this.encoder.encode(this.room, updates)) this.broadcast.publish(this.#topic, frame);
  }
}
