import { afterEach, expect, test } from "bun:test";
import { DEFAULT_LIMITS } from "../config/limits.ts";
import { Heartbeat, type HeartbeatSocket } from "./heartbeat.ts";

class FakeSocket implements HeartbeatSocket {
  closed = false;
  buffered = 0;
  isBlocked = false;
  progressAt: number;
  readonly log: string[] = [];

  constructor(
    private readonly heartbeat: Heartbeat,
    public receivedAt = heartbeat.now,
  ) {
    this.progressAt = receivedAt;
    heartbeat.add(this);
  }

  ping(): void {
    this.log.push("ping");
  }

  close(code: number): void {
    if (this.closed) return;
    this.closed = true;
    this.heartbeat.remove(this);
    this.log.push(`close ${code}`);
  }

  hear(): void {
    this.receivedAt = this.heartbeat.now;
  }
}

const beating: Heartbeat[] = [];
afterEach(() => {
  for (const heartbeat of beating.splice(0)) heartbeat.stop();
});

/** A heartbeat whose time goes on only with `at`: second by second, from 0. */
function start() {
  const heartbeat = new Heartbeat(DEFAULT_LIMITS);
  heartbeat.stop();
  beating.push(heartbeat);
  // The wheel is turned on full seconds, as its own timer does.
  const zero = Math.ceil(heartbeat.now / 1000) * 1000;
  heartbeat.turn(zero);
  let second = 0;
  let heldUp = 0;
  const at = (to: number, each: () => void = () => {}): void => {
    while (second < to) {
      heartbeat.turn(zero + heldUp + ++second * 1000);
      each();
    }
  };
  /** One turn, after so many ms that are on top of the seconds. */
  const late = (ms: number): void => {
    heldUp += ms;
    heartbeat.turn(zero + heldUp + second * 1000);
  };
  return { heartbeat, late, at };
}

test("LIVE-1: who is silent is pinged once at 54 s and closed with 4001 at 60 s, to the second", () => {
  const { heartbeat, at } = start();
  const socket = new FakeSocket(heartbeat);
  at(53);
  expect(socket.log).toEqual([]);
  at(54);
  expect(socket.log).toEqual(["ping"]);
  at(59);
  expect(socket.log).toEqual(["ping"]);
  at(60);
  expect(socket.log).toEqual(["ping", "close 4001"]);
});

test("LIVE-1: who answers the ping is asked again 54 s later", () => {
  const { heartbeat, at } = start();
  const socket = new FakeSocket(heartbeat);
  at(55);
  socket.hear();
  at(108);
  expect(socket.log).toEqual(["ping"]);
  at(109);
  expect(socket.log).toEqual(["ping", "ping"]);
});

test("LIVE-1: who talks is never pinged", () => {
  const { heartbeat, at } = start();
  const socket = new FakeSocket(heartbeat);
  at(600, () => socket.hear());
  expect(socket.log).toEqual([]);
});

test("LIVE-1: a mute client is closed also while it is being sent to and takes it", () => {
  const { heartbeat, at } = start();
  const socket = new FakeSocket(heartbeat);
  at(60, () => {
    socket.buffered = 100;
    socket.progressAt = heartbeat.now;
  });
  expect(socket.log).toEqual(["ping", "close 4001"]);
});

test("LIVE-1: a wheel that was late looks at everyone whom it passed", () => {
  const { heartbeat, late, at } = start();
  const [first, second] = [new FakeSocket(heartbeat), new FakeSocket(heartbeat, heartbeat.now + 1_000)];
  at(53);
  late(2_000);
  expect([first.log, second.log]).toEqual([["ping"], ["ping"]]);
});

test("LIVE-1 FLOW-1: while the server itself is held up nobody is silent, and nobody stalls", () => {
  const { heartbeat, late, at } = start();
  const silent = new FakeSocket(heartbeat);
  const slow = new FakeSocket(heartbeat);
  slow.buffered = 1;
  at(7);
  late(3_600_000);
  expect([silent.log, slow.log]).toEqual([[], []]);
  silent.hear();
  slow.progressAt = heartbeat.now;
  at(16);
  expect(slow.log).toEqual([]);
  at(17);
  expect(slow.log).toEqual(["close 4000"]);
  at(60);
  expect(silent.log).toEqual([]);
  at(61);
  expect(silent.log).toEqual(["ping"]);
});

test("LIVE-1, FLOW-2: whom we do not read is not called silent", () => {
  const { heartbeat, at } = start();
  const socket = new FakeSocket(heartbeat);
  socket.isBlocked = true;
  at(120);
  expect(socket.log).toEqual([]);
  socket.isBlocked = false;
  at(173);
  expect(socket.log).toEqual([]);
  at(180);
  expect(socket.log).toEqual(["ping", "close 4001"]);
});

test("FLOW-1: who takes nothing of what waits for 10 s is closed with 4000", () => {
  const { heartbeat, at } = start();
  const socket = new FakeSocket(heartbeat);
  at(20, () => socket.hear());
  socket.buffered = 1;
  at(29, () => socket.hear());
  expect(socket.log).toEqual([]);
  at(30, () => socket.hear());
  expect(socket.log).toEqual(["close 4000"]);
});

test("FLOW-1: who takes something now and then is slow, not stalled", () => {
  const { heartbeat, at } = start();
  const socket = new FakeSocket(heartbeat);
  socket.buffered = 1_000_000;
  let seconds = 0;
  at(300, () => {
    socket.hear();
    if (++seconds % 9 === 0) socket.progressAt = heartbeat.now;
  });
  expect(socket.log).toEqual([]);
});

test("LIVE-1: a socket that has gone is forgotten", () => {
  const { heartbeat, at } = start();
  const socket = new FakeSocket(heartbeat);
  const other = new FakeSocket(heartbeat);
  expect(heartbeat.count).toBe(2);
  heartbeat.remove(socket);
  heartbeat.remove(socket);
  expect(heartbeat.count).toBe(1);
  at(60);
  expect(socket.log).toEqual([]);
  expect(other.log).toEqual(["ping", "close 4001"]);
});
