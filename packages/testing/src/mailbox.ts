import { DEADLINE } from "./deadline.ts";

interface Waiter {
  readonly look: () => boolean;
  readonly fail: (why: string) => void;
}

/** What one client received, in order, and promises of what it will receive. */
export class Mailbox<T> {
  readonly all: T[] = [];
  #cursor = 0;
  #ended: string | undefined;
  readonly #waiters = new Set<Waiter>();

  constructor(private readonly owner: string) {}

  push(...items: T[]): void {
    for (const item of items) this.all.push(item);
    for (const waiter of [...this.#waiters]) if (waiter.look()) this.#waiters.delete(waiter);
  }

  /** Nothing more will come: everything that still waits fails with the reason. */
  end(why: string): void {
    this.#ended = why;
    for (const waiter of this.#waiters) waiter.fail(why);
    this.#waiters.clear();
  }

  /** The first match behind the item that was taken last. Takes it and everything before it. */
  async next(matches: (item: T) => boolean = () => true): Promise<T> {
    let at = this.#cursor;
    let found: T | undefined;
    await this.when(() => {
      for (; at < this.all.length; at++) {
        const item = this.all[at];
        if (item === undefined || !matches(item)) continue;
        found = item;
        this.#cursor = at + 1;
        return true;
      }
      return false;
    }, `an item that ${matches}`);
    return found as T;
  }

  /** The next `count` items. */
  async take(count: number): Promise<T[]> {
    const from = this.#cursor;
    await this.when(() => this.all.length >= from + count, `${count} items`);
    this.#cursor = from + count;
    return this.all.slice(from, from + count);
  }

  /** Waits until `condition` holds; it is evaluated after each push. */
  when(condition: () => boolean, what = String(condition)): Promise<void> {
    return new Promise((resolve, reject) => {
      if (condition()) return resolve();
      const fail = (why: string) => {
        clearTimeout(timer);
        const last = JSON.stringify(this.all.slice(-5))?.slice(0, 1500);
        reject(
          new Error(`${this.owner} waited for ${what}: ${why}; of ${this.all.length}, the last: ${last}`),
        );
      };
      const waiter: Waiter = {
        look: () => {
          if (!condition()) return false;
          clearTimeout(timer);
          resolve();
          return true;
        },
        fail,
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        fail(`nothing in ${DEADLINE} ms`);
      }, DEADLINE);
      if (this.#ended !== undefined) fail(this.#ended);
      else this.#waiters.add(waiter);
    });
  }
}
