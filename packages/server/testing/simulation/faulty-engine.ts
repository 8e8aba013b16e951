import {
  type Engine,
  EngineError,
  type EngineListener,
  type EngineNode,
  type Outcome,
  type Page,
  type Range,
} from "../../src/engines/engine.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** An engine with faults: late, damaged in places, or unable to commit or to read. */
export class FaultyEngine implements Engine {
  readonly contract = 1;
  /** Milliseconds by which the next news, or the next page, is late. News never overtake each other. */
  newsLag: () => number = () => 0;
  readLag: () => number = () => 0;
  /** Offsets whose records do not match their checksums, in every room. */
  readonly damaged = new Set<number>();
  /** Offsets that lie on pages of storage that cannot be read, in every room. */
  readonly unreadable = new Set<number>();
  /** Rooms that cannot be opened. */
  readonly refusing = new Set<string>();
  commits = true;
  reads = true;
  /** Pages asked for and not given yet, and the most there ever were. */
  readsUnderWay = 0;
  mostReads = 0;
  /** Called with the characters of data of every submission, and with the submissions settled. */
  onSubmit: (bytes: number) => void = () => {};
  onSettled: (submissions: number) => void = () => {};
  /** The latest node. */
  node: EngineNode | undefined;
  /** Reports to the latest node that the engine has ended for good. */
  lose: () => void = () => {};

  constructor(
    private readonly engine: Engine,
    private readonly clock: VirtualClock,
  ) {}

  connect(listener: EngineListener): EngineNode {
    const interests = new Set<string>();
    const begin = (name: string): void => {
      if (interests.has(name)) throw new Error(`${name} is followed already`);
      interests.add(name);
    };
    let newsAt = 0;
    let pending = 0;
    const late = (deliver: () => void): void => {
      newsAt = Math.max(newsAt, this.clock.now() + this.newsLag());
      if (pending === 0 && newsAt <= this.clock.now()) {
        deliver();
        return;
      }
      pending++;
      this.clock.after(newsAt - this.clock.now(), () => {
        pending--;
        deliver();
      });
    };
    const node = this.engine.connect({
      opened: (room, snapshot) => late(() => listener.opened(room, snapshot)),
      refused: (room, error) => late(() => listener.refused(room, error)),
      watching: (pattern) => late(() => listener.watching(pattern)),
      committed: (outcomes, changes) => late(() => listener.committed(outcomes, changes)),
      settled: (submissions) =>
        late(() => {
          this.onSettled(submissions);
          listener.settled(submissions);
        }),
      health: (health) => late(() => listener.health(health)),
    });
    this.node = node;
    this.lose = () => listener.health({ ok: false, reason: "the thread has ended", lost: true });
    return {
      submit: (operations) => {
        this.onSubmit(
          operations.reduce((sum, each) => sum + (each.kind === "append" ? each.data.length : 0), 0),
        );
        if (this.commits) {
          node.submit(operations);
          return;
        }
        const refused = operations
          .filter((operation) => operation.kind === "append")
          .map((): Outcome => ({ kind: "unavailable", reason: "the disk is full" }));
        if (refused.length > 0) this.clock.soon(() => late(() => listener.committed(refused, [])));
        node.submit(operations.filter((operation) => operation.kind !== "append"));
      },
      tail: (room) => {
        if (this.refusing.has(room)) {
          const error = new EngineError("damaged", "the end of the log cannot be read");
          this.clock.soon(() => late(() => listener.refused(room, error)));
          return;
        }
        begin(room);
        node.tail(room);
      },
      untail: (room) => {
        interests.delete(room);
        node.untail(room);
      },
      watch: (pattern) => {
        begin(pattern);
        node.watch(pattern);
      },
      unwatch: (pattern) => {
        interests.delete(pattern);
        node.unwatch(pattern);
      },
      close: () => node.close().then(() => new Promise<void>(late)),
      read: async (room, range, limit) => {
        this.mostReads = Math.max(this.mostReads, ++this.readsUnderWay);
        try {
          const page = await node.read(room, range, limit);
          const lag = this.readLag();
          if (lag > 0) await new Promise<void>((resolve) => this.clock.after(lag, resolve));
          if (!this.reads) throw new EngineError("unavailable", "the disk is gone");
          return this.#undamaged(page, range);
        } finally {
          this.readsUnderWay--;
        }
      },
    };
  }

  close(): Promise<void> {
    return this.engine.close();
  }

  /** A page ends before a damaged record; one that would begin with it fails. */
  #undamaged(page: Page, range: Range): Page {
    const { messages } = page;
    const bad =
      "after" in range
        ? messages.findIndex(({ offset }) => this.#isBad(offset))
        : messages.findLastIndex(({ offset }) => this.#isBad(offset));
    if (bad < 0) return page;
    const good = "after" in range ? messages.slice(0, bad) : messages.slice(bad + 1);
    const offset = messages[bad]?.offset ?? 0;
    if (good.length > 0) return { ...page, messages: good };
    let through = offset;
    while ("after" in range && this.unreadable.has(through) && this.unreadable.has(through + 1)) through++;
    throw new EngineError("damaged", `message ${offset} cannot be read`, offset, through);
  }

  #isBad(offset: number): boolean {
    return this.damaged.has(offset) || this.unreadable.has(offset);
  }
}
