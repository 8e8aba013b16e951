import type { Lifetime } from "./lifetime.ts";
import { WritableValue } from "./value.ts";

/** Ms. The server ends a user's typing after 6 s (SPEC EVENT-3): repeat before that, expire others after it. */
const REPEAT_AFTER = 3_000;
const EXPIRE_AFTER = 8_000;
const MOST_USERS = 100;

/** The users who type in one room, and the typing events of this client. */
export class Typing extends WritableValue<readonly string[]> {
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #sentAt: number | undefined;
  readonly #send: (isTyping: boolean) => void;

  /** @param send sends a typing event */
  constructor(send: (isTyping: boolean) => void, lifetime: Lifetime) {
    super([], lifetime);
    this.#send = send;
  }

  /** Sends `true` at most every 3 s, and `false` once. */
  type(isTyping: boolean): void {
    if (!isTyping) {
      if (this.#sentAt !== undefined) this.#send(false);
      this.#sentAt = undefined;
    } else if (this.#sentAt === undefined || performance.now() - this.#sentAt >= REPEAT_AFTER) {
      this.#sentAt = performance.now();
      this.#send(true);
    }
  }

  receive(user: string, isTyping: boolean): void {
    clearTimeout(this.#timers.get(user));
    if (isTyping && this.#timers.size < MOST_USERS) {
      this.#timers.set(
        user,
        setTimeout(() => this.receive(user, false), EXPIRE_AFTER),
      );
    } else this.#timers.delete(user);
    const { value } = this;
    const isKnown = this.#timers.has(user);
    if (value.includes(user) !== isKnown) {
      this.set(isKnown ? [...value, user] : value.filter((each) => each !== user));
    }
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#sentAt = undefined;
    if (this.value.length > 0) this.set([]);
  }
}
