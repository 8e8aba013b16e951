import { expect, test } from "bun:test";
import { VirtualClock } from "../../testing/simulation/virtual-clock.ts";
import { type Drainable, drain } from "./drain.ts";

class FakeConnection implements Drainable {
  closed = false;
  buffered = 0;
  readonly log: string[] = [];
  closedAt = 0;
  constructor(private readonly clock: VirtualClock) {}
  announceClose(delay: number): void {
    this.log.push(`closing ${delay}`);
  }
  stopReceiving(): void {
    this.log.push("stop receiving");
  }
  close(code: number): void {
    this.closed = true;
    this.closedAt = this.clock.now();
    this.log.push(`close ${code}`);
  }
}

async function run(count: number, settled: () => Promise<void>, buffered = 0) {
  const clock = new VirtualClock();
  const began = clock.now();
  const guests = Array.from({ length: count }, () => new FakeConnection(clock));
  for (const guest of guests) guest.buffered = buffered;
  let turn = 0;
  const random = () => (turn++ % 100) / 100;
  const ended = { at: -1 };
  void drain(guests, { clock, random, settled, grace: 100 }).then(() => {
    ended.at = clock.now() - began;
  });
  await clock.advance(20_000);
  return { guests, took: ended.at, closes: guests.map(({ closedAt }) => closedAt - began) };
}

const AT_ONCE = () => Promise.resolve();

test("CLOSE-2: few are closed at once, many over up to 3 s, and each is told another time to come back", async () => {
  const none = await run(0, AT_ONCE);
  expect(none.took).toBe(0);
  const few = await run(3, AT_ONCE);
  expect(few.guests[1]?.log).toEqual(["closing 10", "stop receiving", "close 1001"]);
  expect(few.closes).toEqual([100, 100, 100]);
  expect(few.took).toBe(200);

  const many = await run(10_000, AT_ONCE);
  expect(many.guests.every(({ closed }) => closed)).toBe(true);
  expect(many.guests[99]?.log[0]).toBe("closing 9900"); // of 10 s
  expect(new Set(many.closes).size).toBe(60);
  expect(many.took).toBe(100 + 59 * 50 + 100);
});

test("STOP-1: an engine that never answers and clients that take nothing do not keep it from ending", async () => {
  const { guests, took } = await run(10_000, () => new Promise(() => {}), 10_000);
  expect(guests.every(({ closed }) => closed)).toBe(true);
  expect(took).toBeLessThanOrEqual(6_000);
});

test("STOP-2: nobody is closed before what it sent is settled, and by then it is not read any more", async () => {
  const answer = Promise.withResolvers<void>();
  const clock = new VirtualClock();
  const guest = new FakeConnection(clock);
  void drain([guest], { clock, random: () => 0, settled: () => answer.promise, grace: 100 });
  await clock.advance(1_000);
  expect(guest.log).toEqual(["closing 0", "stop receiving"]);
  guest.buffered = 5;
  answer.resolve();
  await clock.advance(100);
  expect(guest.log).toEqual(["closing 0", "stop receiving"]); // the answer is still on its way
  guest.buffered = 0;
  await clock.advance(100);
  expect(guest.log).toEqual(["closing 0", "stop receiving", "close 1001"]);
});
