import { Cell } from "./value.ts";

/** The server lets a typist go after 6 s (SPEC EVENT-3); so say it again in time, and forget them a little later. */
const SAY_AGAIN = 3_000;
const FORGET = 8_000;
const MOST = 100;

/** Who types in one room, and saying that oneself does. */
export class Typing {
  readonly users = new Cell<readonly string[]>([]);
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #saidAt: number | undefined;

  constructor(private readonly say: (isTyping: boolean) => void) {}

  /** Says so at most every 3 s; that it has ended, once. */
  set(isTyping: boolean): void {
    if (!isTyping) {
      if (this.#saidAt !== undefined) this.say(false);
      this.#saidAt = undefined;
    } else if (this.#saidAt === undefined || Date.now() - this.#saidAt >= SAY_AGAIN) {
      this.#saidAt = Date.now();
      this.say(true);
    }
  }

  hear(user: string, isTyping: boolean): void {
    clearTimeout(this.#timers.get(user));
    if (isTyping && this.#timers.size < MOST) {
      this.#timers.set(
        user,
        setTimeout(() => this.hear(user, false), FORGET),
      );
    } else this.#timers.delete(user);
    const { value } = this.users;
    const isKnown = this.#timers.has(user);
    if (value.includes(user) !== isKnown) {
      this.users.set(isKnown ? [...value, user] : value.filter((each) => each !== user));
    }
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#saidAt = undefined;
    if (this.users.value.length > 0) this.users.set([]);
  }
}
