import { describe, expect, test } from "bun:test";
import { FairScheduler } from "./fair-scheduler.ts";
import { InboundQueue } from "./inbound-queue.ts";

const KIB = 1024;
/** 63 KiB: one of them is within a share, two are not. */
const LARGE = "x".repeat(63 * KIB);

/** Connections whose turns are taken one by one. */
class Loop {
  readonly #soon: (() => void)[] = [];
  readonly scheduler = new FairScheduler({ soon: (run) => void this.#soon.push(run) });
  /** What was carried out, over all connections. */
  readonly handled: string[] = [];

  connection(name: string, onFrame: (frame: string, queue: InboundQueue) => void = () => {}) {
    let read = true;
    const queue: InboundQueue = new InboundQueue(
      {
        pauseReading: () => {
          read = false;
        },
        resumeReading: () => {
          read = true;
        },
        handle: (frame) => {
          this.handled.push(`${name} ${frame.slice(0, 1)}`);
          onFrame(String(frame), queue);
        },
      },
      this.scheduler,
    );
    return {
      queue,
      isRead: () => read,
      /** Frames that one read of the socket gives. */
      sends: (...frames: string[]) => {
        for (const frame of frames) queue.receive(frame);
      },
    };
  }

  /** @returns whether there is something left to do */
  turn(): boolean {
    for (const run of this.#soon.splice(0)) run();
    return this.#soon.length > 0;
  }
}

describe("shares", () => {
  test("LIMIT-9: what one has sent beyond its share waits until the others have been heard, and keeps its order", () => {
    const loop = new Loop();
    const greedy = loop.connection("greedy");
    const modest = loop.connection("modest");
    greedy.sends(`1${LARGE}`, `2${LARGE}`, `3${LARGE}`, `4${LARGE}`, "5");
    expect(greedy.isRead()).toBe(false);
    modest.sends("1");
    expect(loop.handled).toEqual(["greedy 1", "greedy 2", "modest 1"]);
    loop.turn();
    modest.sends("2");
    expect(loop.handled.slice(3)).toEqual(["greedy 3", "greedy 4", "modest 2"]);
    expect(greedy.isRead()).toBe(false);
    while (loop.turn());
    expect(loop.handled.slice(6)).toEqual(["greedy 5"]);
    expect(greedy.isRead()).toBe(true);
  });

  test("LIMIT-9: small frames count for more than their bytes", () => {
    const loop = new Loop();
    const greedy = loop.connection("greedy");
    greedy.sends(...Array<string>(5_000).fill("x"));
    expect(loop.handled.length).toBeLessThan(1_100);
    while (loop.turn());
    expect(loop.handled.length).toBe(5_000);
  });

  test("LIMIT-9: who stays within it is read all along", () => {
    const loop = new Loop();
    const { sends, isRead } = loop.connection("modest");
    for (let i = 0; i < 100; i++) {
      sends(LARGE);
      expect(isRead()).toBe(true);
      loop.turn();
    }
    expect(loop.handled).toHaveLength(100);
  });
});

describe("stops", () => {
  test("FLOW-2: what was read before the hub said stop waits for it to say go", () => {
    const loop = new Loop();
    const one = loop.connection("one", (frame, queue) => {
      if (frame === "stop") queue.block("hub");
    });
    one.sends("a", "stop", "b", "stop", "c");
    while (loop.turn());
    expect([loop.handled, one.isRead()]).toEqual([["one a", "one s"], false]);
    one.queue.unblock("hub");
    expect(loop.handled).toHaveLength(2); // not within the hub's own step
    while (loop.turn());
    expect([loop.handled.slice(2), one.isRead()]).toEqual([["one b", "one s"], false]);
    one.queue.unblock("hub");
    one.sends("d");
    while (loop.turn());
    expect([loop.handled.slice(4), one.isRead()]).toEqual([["one c", "one d"], true]);
  });

  test("LIMIT-3: what was read before its pace held it is carried out; nothing more is read until it is let go", () => {
    const loop = new Loop();
    const one = loop.connection("one", (_, queue) => queue.block("rate"));
    one.sends("a", "b");
    expect([loop.handled, one.isRead()]).toEqual([["one a", "one b"], false]);
    one.queue.unblock("rate");
    expect(one.isRead()).toBe(true);
  });

  test("FLOW-2 ECHO-2: while one reason is left, nothing is read and nothing that waits is handled", () => {
    const loop = new Loop();
    const one = loop.connection("one");
    one.queue.block("hub");
    one.queue.block("replies");
    one.sends("a");
    one.queue.unblock("hub");
    while (loop.turn());
    expect([loop.handled, one.isRead()]).toEqual([[], false]);
    one.queue.block("rate");
    one.queue.unblock("replies");
    while (loop.turn());
    expect([loop.handled, one.isRead()]).toEqual([["one a"], false]);
    one.queue.unblock("rate");
    expect(one.isRead()).toBe(true);
  });

  test("FLOW-2: of a client that goes, what it said before is carried out", () => {
    const loop = new Loop();
    const one = loop.connection("one", (_, queue) => queue.block("hub"));
    one.sends("a", "b", "c");
    one.queue.finish();
    while (loop.turn());
    expect(loop.handled).toEqual(["one a", "one b", "one c"]);
  });

  test("STOP-1: of a client that is sent away, what waits is passed over, and its close is read", () => {
    const loop = new Loop();
    const one = loop.connection("one", (_, queue) => queue.block("hub"));
    one.sends("a", "b", `c${LARGE}`);
    one.queue.discard();
    while (loop.turn());
    expect([loop.handled, one.isRead()]).toEqual([["one a"], true]);
  });
});
