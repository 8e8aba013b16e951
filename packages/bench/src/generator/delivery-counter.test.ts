import { describe, expect, test } from "bun:test";
import { DeliveryCounter } from "./delivery-counter.ts";
import { Metrics } from "./metrics.ts";

const message = (offset: number, data = "hello") =>
  JSON.stringify({
    op: "message",
    room: "bench:1",
    offset,
    id: `id${offset}`,
    type: "bench",
    from: "a",
    at: 1,
    data,
  });
const batch = (first: number, last: number) =>
  `[${Array.from({ length: last - first + 1 }, (_, index) => message(first + index)).join(",")}]`;

/** An counter that got these frames; between other bytes, as in a chunk. */
function receive(frames: readonly string[], repliesMayMix = false) {
  const metrics = new Metrics();
  metrics.nextSpotCheck = Number.POSITIVE_INFINITY;
  const replies: string[] = [];
  const counter = new DeliveryCounter(
    "member",
    metrics,
    {
      ok: (ref, offset) => replies.push(`ok ${ref} at ${offset}`),
      refused: (ref, text) => replies.push(`refused ${ref} ${text}`),
    },
    repliesMayMix,
  );
  for (const frame of frames) {
    const bytes = Buffer.from(`"offset":99}${frame}{"op":"message","offset":98`);
    const start = bytes.indexOf(frame);
    counter.data(bytes, start, start + Buffer.byteLength(frame), Buffer.byteLength(frame));
  }
  return { counter, metrics, replies };
}

describe.each([
  ["by the edges of frames", false],
  ["by every element", true],
])("counting %s", (_, repliesMayMix) => {
  test("counts single messages and batches", () => {
    const { counter, metrics } = receive([message(1), batch(2, 40), `[${message(41)}]`], repliesMayMix);
    expect(metrics).toMatchObject({ deliveries: 41, frames: 3 });
    expect(metrics.faults.first).toEqual([]);
    expect(counter.last).toBe(41);
  });

  test("reports a gap, a repeat, and a room that does not begin at 1", () => {
    expect(receive([message(1), message(3)], repliesMayMix).metrics.faults.first).toEqual([
      "member: gap: offset 3 came where 2 was next",
    ]);
    expect(receive([batch(1, 3), batch(3, 5)], repliesMayMix).metrics.faults.first).toEqual([
      "member: repeat: offset 3 came where 4 was next",
    ]);
    expect(receive([message(2)], repliesMayMix).metrics.faults.count).toBe(1);
  });

  test("is not misled by what stands inside a message's data", () => {
    const tricky = message(1, '{"op":"message","offset":7},"ref":1');
    const { metrics, replies } = receive([tricky, message(2)], repliesMayMix);
    expect(metrics).toMatchObject({ deliveries: 2 });
    expect(metrics.faults.first).toEqual([]);
    expect(replies).toEqual([]);
  });

  test("counts no event, presence or pong", () => {
    const others = [
      '{"op":"event","offset":3}',
      '{"op":"presence","count":3}',
      '[{"op":"pong","ref":1}]',
      "[]",
    ];
    const { metrics, replies } = receive(others, repliesMayMix);
    expect(metrics).toMatchObject({ deliveries: 0, frames: 0 });
    expect(replies).toEqual([]);
  });

  test("hands on replies", () => {
    const frames = [
      '{"op":"ok","ref":1002,"epoch":"e","offset":17,"id":"a"}',
      '[{"op":"ok","ref":3,"epoch":"e","offset":18},{"op":"error","ref":4,"code":7,"name":"bad_request"}]',
      '{"op":"error","code":7}',
    ];
    expect(receive(frames, repliesMayMix).replies).toEqual([
      "ok 1002 at 17",
      "ok 3 at 18",
      'refused 4 {"op":"error","ref":4,"code":7,"name":"bad_request"}',
      'refused NaN {"op":"error","code":7}',
    ]);
  });
});

test("finds replies between messages where they may mix", () => {
  const frame = `[${message(1)},{"op":"ok","ref":5,"epoch":"e","offset":1},${message(2)}]`;
  const { metrics, replies } = receive([frame], true);
  expect(replies).toEqual(["ok 5 at 1"]);
  expect(metrics.deliveries).toBe(2);
});

test("a spot check finds what the edges hide", () => {
  const hollow = `[${message(1)},${message(3)}]`;
  expect(receive([hollow]).metrics).toMatchObject({ deliveries: 3 });
  const metrics = new Metrics();
  const counter = new DeliveryCounter("member", metrics, { ok() {}, refused() {} }, false);
  counter.data(Buffer.from(hollow), 0, hollow.length, hollow.length);
  expect(metrics.deliveries).toBe(2);
  expect(metrics.faults.count).toBe(1);
});

test("an edge that makes no sense is a fault", () => {
  expect(receive([`[${message(5)},${message(4)}]`]).metrics.faults.count).toBe(1);
  expect(receive([`[${message(1)},${message(4000)}]`]).metrics.faults.first[0]).toContain(
    "from offset 1 to 4000",
  );
});

test("keeps one message as it came", () => {
  expect(receive([batch(1, 3)]).metrics.specimen).toBe(message(1));
  expect(receive([message(1)]).metrics.specimen).toBe(message(1));
});
