import { expect, test } from "bun:test";
import { LimitLog } from "./limit-log.ts";
import { OutboundLimiter, type OutboundSocket } from "./outbound-limiter.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Of the buffers of all sockets: they may be twice as large as what is in them. */
const memory = (waiting: number) => 2 * waiting;

/** A member of "busy" that takes nothing. */
class FakeSocket implements OutboundSocket {
  isCutOff = false;
  measured = 0;
  #waiting = 0;
  /** In frames that the runtime has not handed to the socket yet. */
  #apart = 0;

  constructor(private readonly topic = "busy") {}

  get buffered(): number {
    this.measured++;
    return this.isCutOff ? 0 : this.#waiting;
  }

  isSubscribed(topic: string): boolean {
    return topic === this.topic;
  }

  receive(bytes: number): void {
    if (this.isCutOff) return;
    if (bytes < 16 * KIB) this.#apart += bytes;
    else this.#waiting += bytes;
  }

  take(): void {
    this.#waiting = 0;
  }

  flush(): void {
    this.#waiting += this.#apart;
    this.#apart = 0;
  }

  cutOff(): void {
    this.isCutOff = true;
  }
}

function open(sockets: readonly FakeSocket[], most: number) {
  const lines: string[] = [];
  const silent = { debug() {}, info() {}, error() {} };
  const log = {
    ...silent,
    warn: (event: string, fields = {}) => lines.push(JSON.stringify({ event, ...fields })),
  };
  const limiter = new OutboundLimiter(sockets, memory(most), { soon() {} }, new LimitLog(log, () => 0));
  const publish = (bytes: number) => {
    const members = sockets.filter((each) => !each.isCutOff && each.isSubscribed("busy"));
    limiter.beforePublish("busy", bytes, members.length);
    for (const each of sockets) if (each.isSubscribed("busy")) each.receive(bytes);
  };
  const waiting = () => {
    for (const each of sockets) each.flush();
    return sockets.reduce((sum, each) => sum + each.buffered, 0);
  };
  return { limiter, publish, waiting, lines };
}

test("FLOW-4: whatever is published, no more waits than the bound and one frame for each client", () => {
  for (const bytes of [60 * KIB, 256 * KIB]) {
    const sockets = Array.from({ length: 100 }, () => new FakeSocket());
    const { publish, waiting, lines } = open(sockets, 32 * MIB);
    for (let i = 0; i < 200; i++) {
      publish(bytes);
      expect(waiting()).toBeLessThanOrEqual(32 * MIB + 100 * bytes);
    }
    expect(lines).toEqual(['{"event":"limit.exceeded","limit":"limits.waiting_per_node","action":"closed"}']);
  }
});

test("FLOW-4: of a frame that the kernel cannot take at once no more wait than the bound, for whomever", () => {
  const sockets = Array.from({ length: 500 }, () => new FakeSocket());
  const { publish, waiting } = open(sockets, 128 * MIB);
  for (let i = 0; i < 5; i++) {
    publish(16 * MIB);
    expect(waiting()).toBeLessThanOrEqual(128 * MIB);
    expect(sockets.some(({ isCutOff }) => !isCutOff)).toBe(true);
    for (const each of sockets) each.take();
  }
});

test("FLOW-4: frames that the runtime keeps apart until its turn ends count as well", () => {
  const sockets = Array.from({ length: 100 }, () => new FakeSocket());
  const { publish, waiting } = open(sockets, 8 * MIB);
  for (let i = 0; i < 100; i++) publish(15 * KIB); // in one turn
  expect(waiting()).toBeLessThanOrEqual(8 * MIB + 100 * 15 * KIB);
});

test("FLOW-4: those for which the most is waiting go first, and only as many as it takes", () => {
  const [small, large, middle, other] = [100, 900, 500, 0].map((kib, i) => {
    const socket = new FakeSocket(i === 3 ? "calm" : "busy");
    socket.receive(kib * KIB);
    return socket;
  });
  const { publish } = open(
    [small, large, middle, other].filter((each) => each !== undefined),
    MIB,
  );
  publish(300 * KIB);
  publish(300 * KIB);
  expect([small, large, middle, other].map((each) => each?.isCutOff)).toEqual([false, true, true, false]);
});

test("FLOW-4: what one client is sent alone counts as well", () => {
  const sockets = Array.from({ length: 10 }, () => new FakeSocket());
  const { limiter, waiting } = open(sockets, MIB);
  for (let i = 0; i < 100; i++) {
    const socket = sockets[i % 10];
    socket?.receive(50 * KIB);
    if (socket?.isCutOff === false) limiter.onWaiting(50 * KIB);
    expect(waiting()).toBeLessThanOrEqual(MIB + 50 * KIB);
  }
  expect(sockets.filter(({ isCutOff }) => isCutOff).length).toBeWithin(1, 10);
});

test("FLOW-4: clients that take what they are sent are neither cut nor often measured", () => {
  const sockets = Array.from({ length: 100 }, () => new FakeSocket());
  const { publish, lines } = open(sockets, 32 * MIB);
  for (let i = 0; i < 1_000; i++) {
    publish(60 * KIB);
    for (const each of sockets) each.take();
  }
  expect(lines).toEqual([]);
  // 5.7 GiB in all, in steps of 32 MiB.
  expect(sockets[0]?.measured).toBeLessThan(200);
});
